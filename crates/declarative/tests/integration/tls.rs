//! Certificates: who is refused and why, and what lets them in, directly and through proxies.

use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::server::{Reply, Server, json};
use crate::setup::{get, self_signed, send};

async fn secure_server() -> Server {
    Server::start_with(Some(self_signed().acceptor.clone()), |_| async {
        json(r#"{"ok":true}"#)
    })
    .await
}

async fn proxy() -> Server {
    Server::start(|_| async { Reply::Close }).await
}

#[tokio::test]
async fn a_self_signed_certificate_is_refused_with_the_reason() {
    let server = secure_server().await;
    let proxy = proxy().await;
    for options in [
        "{}".to_owned(),
        format!(r#"{{"proxy":"{}"}}"#, proxy.url("")),
    ] {
        let error = send(get(&server.url("/")), &options).await.unwrap_err();
        assert_eq!(
            error.message,
            "the certificate of 127.0.0.1 was refused: it is self-signed"
        );
        assert_eq!(
            error.parameter.as_deref(),
            Some("requestOptions.allowUnauthorizedCerts")
        );
        assert_eq!(
            error.http_code.as_deref(),
            Some("DEPTH_ZERO_SELF_SIGNED_CERT")
        );
    }
    assert_eq!(server.seen().len(), 0);
}

#[tokio::test]
async fn it_is_accepted_when_any_certificate_is() {
    let server = secure_server().await;
    let proxy = proxy().await;
    for options in [
        r#"{"allowUnauthorizedCerts":true}"#.to_owned(),
        format!(
            r#"{{"allowUnauthorizedCerts":true,"proxy":"{}"}}"#,
            proxy.url("")
        ),
    ] {
        let response = send(get(&server.url("/")), &options).await.unwrap();
        assert_eq!(&*response.body, br#"{"ok":true}"#);
    }
    let connects = proxy.seen();
    assert_eq!(connects.len(), 1);
    assert_eq!(
        connects[0].line,
        format!("CONNECT {} HTTP/1.1", server.address)
    );
}

#[tokio::test]
async fn it_is_accepted_when_it_is_trusted() {
    let server = secure_server().await;
    let pem = serde_json::to_string(&self_signed().pem).unwrap();
    let options = format!(r#"{{"caCertificate":{pem}}}"#);
    send(get(&server.url("/")), &options).await.unwrap();
}

#[tokio::test]
async fn accepting_any_certificate_is_not_for_the_proxy() {
    let secure_proxy = Server::start_with(Some(self_signed().acceptor.clone()), |_| async {
        Reply::Close
    })
    .await;
    let server = secure_server().await;
    let proxy = secure_proxy.url("").replace("127.0.0.1", "localhost");
    let options = format!(r#"{{"allowUnauthorizedCerts":true,"proxy":"{proxy}"}}"#);
    let error = send(get(&server.url("/")), &options).await.unwrap_err();
    assert_eq!(
        error.parameter.as_deref(),
        Some("requestOptions.proxy"),
        "{error:?}"
    );
    assert!(error.message.contains("proxy") && error.message.contains("self-signed"));
    assert_eq!(secure_proxy.seen().len(), 0);

    let pem = serde_json::to_string(&self_signed().pem).unwrap();
    let options =
        format!(r#"{{"allowUnauthorizedCerts":true,"proxy":"{proxy}","caCertificate":{pem}}}"#);
    send(get(&server.url("/")), &options).await.unwrap();
    assert_eq!(secure_proxy.seen().len(), 1);
}

#[tokio::test]
async fn plain_http_on_a_secure_port_is_explained() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let answering = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .unwrap();
        stream
    });
    let error = send(get(&format!("https://{address}/")), r#"{"timeout":2000}"#)
        .await
        .unwrap_err();
    assert!(
        error.message.contains("secure connection"),
        "{}",
        error.message
    );
    drop(answering.await.unwrap());
}
