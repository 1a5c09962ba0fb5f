// The client of `deno task bench tls`: native, so that the server is what limits it. Standard library
// only. Prints "ready", waits for a line, works, and prints its result as one line of JSON; after
// "idle" it keeps its connections until its input ends.
package main

import (
	"bufio"
	"crypto/tls"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"sort"
	"sync"
	"sync/atomic"
	"time"
)

// What the server is asked for: see scripts/bench/tls_orders.ts.
const (
	reply   = 0
	receive = 1
	send    = 2
)

const orderBytes = 16
const chunkBytes = 256 * 1024

var (
	address     = flag.String("address", "", "where the server listens")
	plain       = flag.Bool("plain", false, "without TLS")
	mode        = flag.String("mode", "", "full, resumed, send, receive or idle")
	count       = flag.Int("count", 1, "connections, all workers together")
	parallel    = flag.Int("parallel", 1, "workers")
	totalBytes  = flag.Int64("bytes", 0, "to send or to receive")
	hybridGroup = flag.Bool("hybrid", false, "X25519MLKEM768 in place of X25519")
)

type result struct {
	Seconds float64 `json:"seconds"`
	// Of connections from the dial to the answer of a request; ascending.
	LatenciesMs []float64 `json:"latenciesMs"`
	Resumed     int       `json:"resumed"`
	CipherSuite string    `json:"cipherSuite"`
}

func main() {
	flag.Parse()
	made, err := run()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	json.NewEncoder(os.Stdout).Encode(made)
	if *mode == "idle" {
		io.Copy(io.Discard, input)
		for _, conn := range kept {
			conn.Close()
		}
	}
}

func run() (*result, error) {
	switch *mode {
	case "full", "resumed":
		return handshakes()
	case "send", "receive":
		return bulk()
	case "idle":
		return idle()
	}
	return nil, fmt.Errorf("mode %q is not known", *mode)
}

func config() *tls.Config {
	group := tls.X25519
	if *hybridGroup {
		group = tls.X25519MLKEM768
	}
	return &tls.Config{
		ServerName: "localhost",
		// The certificate was made for this run; that the server has its key is still checked.
		InsecureSkipVerify:          true,
		MinVersion:                  tls.VersionTLS13,
		CurvePreferences:            []tls.CurveID{group},
		DynamicRecordSizingDisabled: true,
	}
}

// Connects, and shakes hands where there is TLS.
func dial(config *tls.Config) (net.Conn, error) {
	tcp, err := net.Dial("tcp", *address)
	if err != nil || *plain {
		return tcp, err
	}
	conn := tls.Client(tcp, config)
	return conn, conn.Handshake()
}

func order(conn net.Conn, kind uint64, bytes int64) error {
	var order [orderBytes]byte
	binary.BigEndian.PutUint64(order[:], kind)
	binary.BigEndian.PutUint64(order[8:], uint64(bytes))
	_, err := conn.Write(order[:])
	return err
}

// Connects and makes one request.
func connectAndAsk(config *tls.Config) (net.Conn, error) {
	conn, err := dial(config)
	if err != nil {
		return nil, err
	}
	if err := order(conn, reply, 0); err != nil {
		return nil, err
	}
	var answer [orderBytes]byte
	_, err = io.ReadFull(conn, answer[:])
	return conn, err
}

func handshakes() (*result, error) {
	configs := make([]*tls.Config, *parallel)
	for worker := range configs {
		configs[worker] = config()
		if *mode == "resumed" {
			configs[worker].ClientSessionCache = tls.NewLRUClientSessionCache(1)
		}
		conn, err := connectAndAsk(configs[worker])
		if err != nil {
			return nil, err
		}
		conn.Close()
	}
	waitForStart()
	made := &result{LatenciesMs: make([]float64, *count)}
	var next, resumed atomic.Int64
	var group sync.WaitGroup
	failures := make([]error, *parallel)
	start := time.Now()
	for worker, config := range configs {
		group.Add(1)
		go func() {
			defer group.Done()
			for at := next.Add(1) - 1; at < int64(*count); at = next.Add(1) - 1 {
				since := time.Now()
				conn, err := connectAndAsk(config)
				if err != nil {
					failures[worker] = err
					return
				}
				made.LatenciesMs[at] = time.Since(since).Seconds() * 1000
				if secure, is := conn.(*tls.Conn); is && secure.ConnectionState().DidResume {
					resumed.Add(1)
				}
				conn.Close()
			}
		}()
	}
	group.Wait()
	made.Seconds = time.Since(start).Seconds()
	made.Resumed = int(resumed.Load())
	sort.Float64s(made.LatenciesMs)
	return made, errors.Join(failures...)
}

func bulk() (*result, error) {
	conn, err := connectAndAsk(config())
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	// Both ends have grown their buffers and compiled their code when it counts.
	if err := move(conn, min(*totalBytes, 32<<20)); err != nil {
		return nil, err
	}
	waitForStart()
	start := time.Now()
	if err := move(conn, *totalBytes); err != nil {
		return nil, err
	}
	return &result{Seconds: time.Since(start).Seconds(), CipherSuite: suiteOf(conn)}, nil
}

func move(conn net.Conn, bytes int64) error {
	chunk := make([]byte, chunkBytes)
	if *mode == "send" {
		if err := order(conn, send, bytes); err != nil {
			return err
		}
		for left := bytes; left > 0; {
			got, err := conn.Read(chunk[:min(left, chunkBytes)])
			if err != nil {
				return err
			}
			left -= int64(got)
		}
		return nil
	}
	if err := order(conn, receive, bytes); err != nil {
		return err
	}
	for left := bytes; left > 0; {
		sent, err := conn.Write(chunk[:min(left, chunkBytes)])
		if err != nil {
			return err
		}
		left -= int64(sent)
	}
	_, err := io.ReadFull(conn, chunk[:orderBytes])
	return err
}

func idle() (*result, error) {
	waitForStart()
	shared := config()
	for range *count {
		conn, err := connectAndAsk(shared)
		if err != nil {
			return nil, err
		}
		kept = append(kept, conn)
	}
	return &result{}, nil
}

func suiteOf(conn net.Conn) string {
	if secure, is := conn.(*tls.Conn); is {
		return tls.CipherSuiteName(secure.ConnectionState().CipherSuite)
	}
	return ""
}

func waitForStart() {
	fmt.Println("ready")
	input.ReadString('\n')
}

var input = bufio.NewReader(os.Stdin)

// Connections that are not used any more stay open.
var kept []net.Conn
