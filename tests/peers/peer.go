// A TLS 1.3 peer of Go's own crypto/tls, for tests/peers: a client that asks over HTTP/1.0, or a server
// that answers. Nothing but the standard library.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
)

var (
	address = flag.String("address", "", "host:port, to dial or to listen on")
	serve   = flag.Bool("serve", false, "be the server")
	ca      = flag.String("ca", "", "PEM of the authority")
	cert    = flag.String("cert", "", "PEM of a chain")
	key     = flag.String("key", "", "PEM of its key")
	ask     = flag.Bool("ask-certificate", false, "server: require a client certificate")
	alpn    = flag.String("alpn", "", "protocol to offer")
	groups  = flag.String("groups", "", "comma-separated numbers of groups")
	path    = flag.String("path", "/", "client: what to ask for")
	upload  = flag.Int64("upload", 0, "client: how many bytes to send")
	times   = flag.Int("times", 1, "client: how many connections")
)

func main() {
	flag.Parse()
	pem, err := os.ReadFile(*ca)
	check(err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	config := &tls.Config{MinVersion: tls.VersionTLS13, RootCAs: roots, ClientCAs: roots}
	if *cert != "" {
		pair, err := tls.LoadX509KeyPair(*cert, *key)
		check(err)
		config.Certificates = []tls.Certificate{pair}
	}
	if *alpn != "" {
		config.NextProtos = []string{*alpn}
	}
	for _, group := range strings.FieldsFunc(*groups, func(r rune) bool { return r == ',' }) {
		number, err := strconv.Atoi(group)
		check(err)
		config.CurvePreferences = append(config.CurvePreferences, tls.CurveID(number))
	}
	if *serve {
		server(config)
	} else {
		client(config)
	}
}

func client(config *tls.Config) {
	config.ServerName = "localhost"
	config.ClientSessionCache = tls.NewLRUClientSessionCache(8)
	for i := 0; i < *times; i++ {
		conn, err := tls.Dial("tcp", *address, config)
		check(err)
		method := "GET"
		if *upload > 0 {
			method = "POST"
		}
		fmt.Fprintf(conn, "%s %s HTTP/1.0\r\nContent-Length: %d\r\n\r\n", method, *path, *upload)
		_, err = io.CopyN(conn, zeros{}, *upload)
		check(err)
		received, err := io.Copy(io.Discard, conn)
		check(err)
		state := conn.ConnectionState()
		fmt.Println("received", received, "resumed", state.DidResume, "group", state.CurveID, "alpn", state.NegotiatedProtocol)
		conn.Close()
	}
}

func server(config *tls.Config) {
	if *ask {
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	listener, err := tls.Listen("tcp", *address, config)
	check(err)
	fmt.Println("listening", listener.Addr())
	check(http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		received, _ := io.Copy(io.Discard, r.Body)
		if count, ok := strings.CutPrefix(r.URL.Path, "/bytes/"); ok {
			w.Header().Set("Content-Length", count)
			number, _ := strconv.ParseInt(count, 10, 64)
			io.CopyN(w, zeros{}, number)
			return
		}
		fmt.Fprintln(w, "received", received)
	})))
}

// zeros is a stream of zeros without an end.
type zeros struct{}

func (zeros) Read(into []byte) (int, error) {
	clear(into)
	return len(into), nil
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
