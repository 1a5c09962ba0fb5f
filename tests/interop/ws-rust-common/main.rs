//! The Rust crate `iggy` over WebSocket, 0.10 (feature v10, classic framing) and 0.11 (feature v11, VSR framing): the round
//! of a program that uses the transport, and replies as long as it takes. Environment as in ../shared/interop/README.md, and
//! IGGY_WS_ADDR: where the node listens for WebSocket alone. All steps are done there and on the port that takes everything.
use bytes::Bytes;
use iggy::prelude::*;
use std::future::Future;
use std::time::Duration;

type Outcome = Result<(), String>;

/// Payload of messages of which a reply may hold 16: this client takes no WebSocket frame of more than 16 MiB.
const LONG: usize = 1_000_000;
/// Payload of a message that no such frame holds.
const LONGEST: usize = 20 << 20;

#[derive(Default)]
struct Tally {
    passed: u32,
    failed: u32,
}

impl Tally {
    async fn step(&mut self, name: &str, step: impl Future<Output = Outcome>) -> bool {
        let outcome = match tokio::time::timeout(Duration::from_secs(30), step).await {
            Ok(outcome) => outcome,
            Err(_) => Err("no answer within 30 s".into()),
        };
        match outcome {
            Ok(()) => {
                self.passed += 1;
                println!("ok {name}");
                true
            }
            Err(why) => {
                self.failed += 1;
                println!("FAIL {name}: {}", why.replace('\n', " "));
                false
            }
        }
    }
}

fn env(name: &str, otherwise: &str) -> String {
    std::env::var(name).ok().filter(|value| !value.is_empty()).unwrap_or_else(|| otherwise.into())
}

fn failed(what: &str) -> impl Fn(IggyError) -> String + '_ {
    move |error| format!("{what}: {error} (code {})", error.as_code())
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, got: T, wanted: T) -> Outcome {
    if got == wanted { Ok(()) } else { Err(format!("{what}: got {got:?}, wanted {wanted:?}")) }
}

fn named(name: &str) -> Identifier {
    Identifier::named(name).expect("name")
}

fn client(address: &str) -> Result<IggyClient, String> {
    let mut builder = IggyClient::builder()
        .with_websocket()
        .with_server_address(address.to_string())
        .with_reconnection_max_retries(Some(2));
    if env("IGGY_TLS", "0") == "1" {
        builder = builder
            .with_tls_enabled(true)
            .with_tls_domain(env("IGGY_TLS_DOMAIN", "localhost"))
            .with_tls_ca_file(env("IGGY_TLS_CA", ""))
            .with_tls_validate_certificate(true);
    }
    builder.build().map_err(failed("build"))
}

async fn logged_in(address: &str) -> Result<IggyClient, String> {
    let client = client(address)?;
    client.connect().await.map_err(failed("connect"))?;
    let (user, password) = (env("IGGY_USERNAME", "iggy"), env("IGGY_PASSWORD", "iggy"));
    client.login_user(&user, &password).await.map_err(failed("login"))?;
    Ok(client)
}

#[cfg(feature = "v10")]
async fn create_topic(client: &IggyClient, stream: &Identifier, name: &str) -> Result<TopicDetails, IggyError> {
    let (expiry, size) = (IggyExpiry::NeverExpire, MaxTopicSize::ServerDefault);
    client.create_topic(stream, name, 2, CompressionAlgorithm::None, None, expiry, size).await
}

#[cfg(feature = "v11")]
async fn create_topic(client: &IggyClient, stream: &Identifier, name: &str) -> Result<TopicDetails, IggyError> {
    let options = TopicCreateOptions { partitions_count: Some(2), ..Default::default() };
    client.create_topic(stream, name, &options).await
}

/// One client in one topic.
struct Round {
    client: IggyClient,
    stream: Identifier,
    topic: Identifier,
}

impl Round {
    async fn send(&self, partition: u32, payloads: Vec<Vec<u8>>) -> Outcome {
        let mut messages: Vec<IggyMessage> = payloads
            .into_iter()
            .map(|payload| IggyMessage::builder().payload(Bytes::from(payload)).build().expect("message"))
            .collect();
        let partitioning = Partitioning::partition_id(partition);
        let sent = self.client.send_messages(&self.stream, &self.topic, &partitioning, &mut messages).await;
        sent.map(|_| ()).map_err(failed("send"))
    }

    async fn poll(&self, partition: Option<u32>, consumer: &Consumer, from: PollingStrategy, count: u32) -> Result<Vec<Bytes>, String> {
        let polled = self.client.poll_messages(&self.stream, &self.topic, partition, consumer, &from, count, true).await;
        Ok(polled.map_err(failed("poll"))?.messages.into_iter().map(|message| message.payload).collect())
    }

    async fn stored(&self, consumer: &Consumer) -> Result<Option<u64>, String> {
        let stored = self.client.get_consumer_offset(consumer, &self.stream, &self.topic, Some(0)).await;
        Ok(stored.map_err(failed("get offset"))?.map(|offset| offset.stored_offset))
    }
}

async fn run(place: &str, address: &str, tally: &mut Tally) -> Outcome {
    let tag = format!("ws-{}-{}", std::process::id(), address.replace([':', '.'], "-"));
    let consumer = Consumer::new(Identifier::numeric(7).expect("id"));
    let of = |step: &str| format!("{step}, {place} port");
    let mut opened = None;
    tally
        .step(&of("connect and login"), async {
            opened = Some(logged_in(address).await?);
            Ok(())
        })
        .await;
    let round = Round { client: opened.ok_or("no client")?, stream: named(&tag), topic: named("events") };
    let Round { client, stream, topic } = &round;
    tally
        .step(&of("bad password rejected"), async {
            let stranger = self::client(address)?;
            stranger.connect().await.map_err(failed("connect"))?;
            same("accepted", stranger.login_user("iggy", "wrong-password").await.is_ok(), false)
        })
        .await;
    tally
        .step(&of("create stream and topic"), async {
            client.create_stream(&tag).await.map_err(failed("stream"))?;
            let made = create_topic(client, stream, "events").await.map_err(failed("topic"))?;
            same("partitions", made.partitions_count, 2)
        })
        .await;
    tally
        .step(&of("this client is listed as WebSocket"), async {
            let me = client.get_me().await.map_err(failed("me"))?;
            same("transport", me.transport.to_lowercase(), "websocket".into())
        })
        .await;
    tally
        .step(&of("diagnostics archive"), async {
            let archive = client.snapshot(SnapshotCompression::Deflated, vec![SystemSnapshotType::All]).await;
            same("begins as a ZIP", archive.map_err(failed("snapshot"))?.0.starts_with(b"PK\x03\x04"), true)
        })
        .await;
    tally
        .step(&of("send and poll, 0 to 200 kB"), async {
            let payloads: Vec<Vec<u8>> = [1, 100, 70_000, 200_000].map(|length| vec![length as u8; length]).into();
            round.send(0, payloads.clone()).await?;
            let polled = round.poll(Some(0), &consumer, PollingStrategy::offset(0), 10).await?;
            same("messages", polled.len(), 4)?;
            same("payloads equal", polled.iter().zip(&payloads).all(|(got, sent)| got[..] == sent[..]), true)
        })
        .await;
    tally
        .step(&of("stored offsets"), async {
            same("after auto-commit", round.stored(&consumer).await?, Some(3))?;
            client.store_consumer_offset(&consumer, stream, topic, Some(0), 1).await.map_err(failed("store"))?;
            same("after store", round.stored(&consumer).await?, Some(1))?;
            let next = round.poll(Some(0), &consumer, PollingStrategy::next(), 1).await?;
            same("next", next.first().map(|payload| payload.len()), Some(70_000))?;
            client.delete_consumer_offset(&consumer, stream, topic, Some(0)).await.map_err(failed("delete"))?;
            same("after delete", round.stored(&consumer).await?, None)
        })
        .await;
    tally
        .step(&of("group of one"), async {
            let group = named("workers");
            client.create_consumer_group(stream, topic, "workers").await.map_err(failed("create"))?;
            client.join_consumer_group(stream, topic, &group).await.map_err(failed("join"))?;
            let member = Consumer::group(group.clone());
            let mut read = 0;
            for _ in 0..4 {
                read += round.poll(None, &member, PollingStrategy::next(), 10).await?.len();
            }
            same("messages", read, 4)?;
            client.leave_consumer_group(stream, topic, &group).await.map_err(failed("leave"))?;
            client.delete_consumer_group(stream, topic, &group).await.map_err(failed("delete"))
        })
        .await;
    tally
        .step(&of("replies of many megabytes"), async {
            for batch in 0..10 {
                round.send(1, (0..2).map(|at| vec![batch * 2 + at; LONG]).collect()).await?;
            }
            // A node may cut a reply short; what it leaves comes with the next.
            let mut polled: Vec<Bytes> = vec![];
            while polled.len() < 20 {
                let from = PollingStrategy::offset(polled.len() as u64);
                let more = round.poll(Some(1), &consumer, from, 20).await?;
                same("an empty reply", more.is_empty(), false)?;
                println!("  note: {} messages of {LONG} bytes in one reply", more.len());
                polled.extend(more);
            }
            let whole = polled.iter().enumerate().all(|(at, payload)| payload.len() == LONG && payload[LONG - 1] == at as u8);
            same("payloads equal", whole, true)
        })
        .await;
    tally
        .step(&of("a message longer than a frame may be"), async {
            round.send(1, vec![vec![9; LONGEST]]).await?;
            let polled = round.poll(Some(1), &consumer, PollingStrategy::last(), 1).await?;
            same("lengths", polled.iter().map(|payload| payload.len()).collect(), vec![LONGEST])?;
            same("payload equal", polled[0].iter().all(|byte| *byte == 9), true)
        })
        .await;
    tally
        .step(&of("delete stream"), async {
            client.delete_stream(stream).await.map_err(failed("delete"))?;
            same("is there", client.get_stream(stream).await.map_err(failed("get"))?.is_some(), false)
        })
        .await;
    Ok(())
}

#[tokio::main]
async fn main() {
    let mut tally = Tally::default();
    let places = [("WebSocket", "IGGY_WS_ADDR", "127.0.0.1:8092"), ("TCP", "IGGY_ADDR", "127.0.0.1:8090")];
    for (place, variable, otherwise) in places {
        if let Err(why) = run(place, &env(variable, otherwise), &mut tally).await {
            println!("  note: {place} port: {why}");
        }
    }
    println!("{} passed, {} failed", tally.passed, tally.failed);
    std::process::exit(if tally.failed > 0 { 1 } else { 0 })
}
