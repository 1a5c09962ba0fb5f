// A TLS 1.3 peer of Java's own JSSE, for tests/peers: a client that asks over HTTP/1.0, or a server that
// answers. Started as a single file; nothing but the JDK.

import java.io.*;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.*;
import javax.net.ssl.*;

public class Peer {
    static final Map<String, String> options = new HashMap<>();

    public static void main(String[] args) throws Exception {
        for (int at = 0; at + 1 < args.length; at += 2) options.put(args[at].substring(1), args[at + 1]);
        SSLContext context = context();
        if (options.containsKey("serve")) serve(context);
        else for (int count = Integer.parseInt(options.getOrDefault("times", "1")); count > 0; count--) ask(context);
    }

    static void ask(SSLContext context) throws Exception {
        int port = Integer.parseInt(options.get("port"));
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("localhost", port)) {
            prepare(socket.getSSLParameters(), socket::setSSLParameters);
            long upload = Long.parseLong(options.getOrDefault("upload", "0"));
            String method = upload > 0 ? "POST" : "GET";
            OutputStream out = socket.getOutputStream();
            out.write((method + " " + options.getOrDefault("path", "/") + " HTTP/1.0\r\nContent-Length: "
                + upload + "\r\n\r\n").getBytes());
            writeZeros(out, upload);
            long received = 0;
            byte[] buffer = new byte[65536];
            for (int count; (count = socket.getInputStream().read(buffer)) >= 0;) received += count;
            System.out.println("received " + received + " alpn " + socket.getApplicationProtocol());
        }
    }

    static void serve(SSLContext context) throws Exception {
        int port = Integer.parseInt(options.get("port"));
        SSLServerSocket listener = (SSLServerSocket) context.getServerSocketFactory()
            .createServerSocket(port, 50, java.net.InetAddress.getLoopbackAddress());
        prepare(listener.getSSLParameters(), listener::setSSLParameters);
        System.out.println("listening");
        while (true) {
            try (SSLSocket socket = (SSLSocket) listener.accept()) {
                answer(socket);
            } catch (IOException error) {
                System.err.println(error);
            }
        }
    }

    static void answer(SSLSocket socket) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 65536));
        String head = in.readLine();
        long upload = 0;
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            if (line.toLowerCase().startsWith("content-length:")) upload = Long.parseLong(line.substring(15).trim());
        }
        in.skipNBytes(upload);
        String path = head == null ? "/" : head.split(" ")[1];
        long bytes = path.startsWith("/bytes/") ? Long.parseLong(path.substring(7)) : 10;
        OutputStream out = socket.getOutputStream();
        out.write(("HTTP/1.0 200 OK\r\nContent-Length: " + bytes + "\r\n\r\n").getBytes());
        writeZeros(out, bytes);
    }

    static void prepare(SSLParameters parameters, java.util.function.Consumer<SSLParameters> set) {
        parameters.setProtocols(new String[] {"TLSv1.3"});
        if (options.containsKey("alpn")) parameters.setApplicationProtocols(new String[] {options.get("alpn")});
        if (options.containsKey("ask-certificate")) parameters.setNeedClientAuth(true);
        if (!options.containsKey("serve")) parameters.setEndpointIdentificationAlgorithm("HTTPS");
        set.accept(parameters);
    }

    static void writeZeros(OutputStream out, long bytes) throws IOException {
        byte[] zeros = new byte[65536];
        for (long rest = bytes; rest > 0; rest -= zeros.length) out.write(zeros, 0, (int) Math.min(rest, zeros.length));
    }

    static SSLContext context() throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null);
        store.setCertificateEntry("ca", certificates(options.get("ca"))[0]);
        if (options.containsKey("cert")) {
            String pem = Files.readString(Path.of(options.get("key"))).replaceAll("-----[A-Z ]+-----|\\s", "");
            PrivateKey key = KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
            store.setKeyEntry("own", key, new char[0], certificates(options.get("cert")));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    static X509Certificate[] certificates(String file) throws Exception {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in).toArray(new X509Certificate[0]);
        }
    }
}
