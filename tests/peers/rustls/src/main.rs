//! A TLS 1.3 peer of rustls, for tests/peers: a client that asks over HTTP/1.0, or a server that answers.

use rustls::pki_types::{pem::PemObject, CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection, Stream};
use std::collections::HashMap;
use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

type Options = HashMap<String, String>;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let options: Options = args
        .chunks(2)
        .map(|pair| (pair[0][1..].to_string(), pair[1].clone()))
        .collect();
    if options.contains_key("serve") {
        serve(&options)
    } else {
        ask(&options)
    }
}

fn roots(options: &Options) -> Result<RootCertStore, Box<dyn Error>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(&options["ca"])?)?;
    Ok(roots)
}

fn chain(options: &Options) -> Result<Vec<CertificateDer<'static>>, Box<dyn Error>> {
    Ok(CertificateDer::pem_file_iter(&options["cert"])?.collect::<Result<_, _>>()?)
}

fn ask(options: &Options) -> Result<(), Box<dyn Error>> {
    let builder = ClientConfig::builder_with_protocol_versions(&[&rustls::version::TLS13])
        .with_root_certificates(roots(options)?);
    let mut config = match options.get("cert") {
        Some(_) => builder
            .with_client_auth_cert(chain(options)?, PrivateKeyDer::from_pem_file(&options["key"])?)?,
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = options.get("alpn").map(|name| name.clone().into_bytes()).into_iter().collect();
    config.enable_early_data = options.contains_key("early");
    let config = Arc::new(config);
    let times: usize = options.get("times").map_or(Ok(1), |text| text.parse())?;
    for _ in 0..times {
        let mut socket = TcpStream::connect(("127.0.0.1", options["port"].parse::<u16>()?))?;
        let mut client = ClientConnection::new(config.clone(), ServerName::try_from("localhost")?)?;
        let upload: usize = options.get("upload").map_or(Ok(0), |text| text.parse())?;
        let method = if upload > 0 { "POST" } else { "GET" };
        let head = format!("{method} {} HTTP/1.0\r\nContent-Length: {upload}\r\n\r\n", options["path"]);
        let sent_early = match client.early_data() {
            Some(mut early) => early.write(head.as_bytes())? == head.len(),
            None => false,
        };
        let mut stream = Stream::new(&mut client, &mut socket);
        if sent_early {
            stream.flush()?;
        }
        if !sent_early || !stream.conn.is_early_data_accepted() {
            stream.write_all(head.as_bytes())?;
        }
        write_zeros(&mut stream, upload)?;
        let received = std::io::copy(&mut stream, &mut std::io::sink())?;
        println!("received {received}");
    }
    Ok(())
}

fn serve(options: &Options) -> Result<(), Box<dyn Error>> {
    let builder = ServerConfig::builder_with_protocol_versions(&[&rustls::version::TLS13]);
    let builder = if options.contains_key("ask-certificate") {
        let roots = Arc::new(roots(options)?);
        builder.with_client_cert_verifier(rustls::server::WebPkiClientVerifier::builder(roots).build()?)
    } else {
        builder.with_no_client_auth()
    };
    let mut config = builder.with_single_cert(chain(options)?, PrivateKeyDer::from_pem_file(&options["key"])?)?;
    config.alpn_protocols = options.get("alpn").map(|name| name.clone().into_bytes()).into_iter().collect();
    config.max_early_data_size = options.get("early").map_or(0, |_| 16384);
    let config = Arc::new(config);
    let listener = TcpListener::bind(("127.0.0.1", options["port"].parse::<u16>()?))?;
    println!("listening");
    for socket in listener.incoming() {
        if let Err(error) = answer(socket?, config.clone()) {
            eprintln!("{error}");
        }
    }
    Ok(())
}

fn answer(mut socket: TcpStream, config: Arc<ServerConfig>) -> Result<(), Box<dyn Error>> {
    let mut server = ServerConnection::new(config)?;
    server.complete_io(&mut socket)?;
    let mut early = Vec::new();
    if let Some(mut data) = server.early_data() {
        data.read_to_end(&mut early)?;
    }
    let stream = Stream::new(&mut server, &mut socket);
    let mut reader = BufReader::with_capacity(1 << 16, early.as_slice().chain(stream));
    let mut head = String::new();
    let mut upload = 0;
    let mut path = String::new();
    while !head.ends_with("\r\n\r\n") {
        let from = head.len();
        if reader.read_line(&mut head)? == 0 {
            break;
        }
        let line = head[from..].to_ascii_lowercase();
        if from == 0 {
            path = line.split(' ').nth(1).unwrap_or("/").to_string();
        } else if let Some(length) = line.strip_prefix("content-length:") {
            upload = length.trim().parse()?;
        }
    }
    std::io::copy(&mut reader.take(upload), &mut std::io::sink())?;
    let bytes = path.strip_prefix("/bytes/").map_or(Ok(10), |text| text.parse())?;
    let mut stream = Stream::new(&mut server, &mut socket);
    write!(stream, "HTTP/1.0 200 OK\r\nContent-Length: {bytes}\r\n\r\n")?;
    write_zeros(&mut stream, bytes)?;
    server.send_close_notify();
    server.complete_io(&mut socket)?;
    Ok(())
}

fn write_zeros(into: &mut impl Write, bytes: usize) -> std::io::Result<()> {
    let zeros = [0; 1 << 16];
    let mut rest = bytes;
    while rest > 0 {
        rest -= into.write(&zeros[..rest.min(zeros.len())])?;
    }
    into.flush()
}
