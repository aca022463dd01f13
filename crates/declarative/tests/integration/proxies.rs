//! Requests through an HTTP proxy: absolute form, tunnel, user and password.

use tokio::net::TcpListener;

use crate::server::{Reply, Server, answer, json};
use crate::setup::{get, self_signed, send};

#[tokio::test]
async fn http_arrives_in_absolute_form() {
    let proxy = Server::start(|_| async { json("{}") }).await;
    let options = format!(r#"{{"proxy":"{}"}}"#, proxy.url(""));
    send(get("http://a.example/x?y=1"), &options).await.unwrap();
    let seen = proxy.seen();
    assert_eq!(seen[0].line, "GET http://a.example/x?y=1 HTTP/1.1");
    assert_eq!(seen[0].header("host"), Some("a.example"));
    assert_eq!(seen[0].header("proxy-authorization"), None);
}

#[tokio::test]
async fn a_password_with_colons_reaches_the_proxy() {
    // user@b : p:a:ss
    let expected = Some("Basic dXNlckBiOnA6YTpzcw==");
    let proxy = Server::start(|seen| async move {
        match seen.line.starts_with("CONNECT") {
            true => Reply::Close,
            false => json("{}"),
        }
    })
    .await;
    let address = proxy.address;
    let options =
        format!(r#"{{"allowUnauthorizedCerts":true,"proxy":"http://user%40b:p:a:ss@{address}"}}"#);
    send(get("http://a.example/"), &options).await.unwrap();
    let target = Server::start_with(Some(self_signed().acceptor.clone()), |_| async {
        json("{}")
    })
    .await;
    send(get(&target.url("/")), &options).await.unwrap();
    let seen = proxy.seen();
    assert_eq!(seen[0].header("proxy-authorization"), expected);
    assert_eq!(seen[1].header("proxy-authorization"), expected);
    assert_eq!(target.seen()[0].header("proxy-authorization"), None);
}

#[tokio::test]
async fn a_dead_proxy_is_named_without_its_password() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    for url in ["http://a.example/", "https://a.example/"] {
        let options = format!(r#"{{"proxy":"http://user:hunter2@{address}","timeout":300}}"#);
        let error = send(get(url), &options).await.unwrap_err();
        assert_eq!(
            error.parameter.as_deref(),
            Some("requestOptions.proxy"),
            "{error:?}"
        );
        assert!(
            error.message.contains("refused the connection"),
            "{}",
            error.message
        );
        assert!(error.message.contains(&address.to_string()));
        assert!(!format!("{error:?}").contains("hunter2"));
    }
}

#[tokio::test]
async fn a_proxy_that_wants_a_login_is_explained() {
    let proxy =
        Server::start(|_| async { answer("407 Proxy Authentication Required", "", "") }).await;
    let options = format!(r#"{{"proxy":"{}"}}"#, proxy.url(""));
    let error = send(get("https://a.example/"), &options).await.unwrap_err();
    assert_eq!(
        error.parameter.as_deref(),
        Some("requestOptions.proxy"),
        "{error:?}"
    );
    assert!(
        error.message.contains("authorization required"),
        "{}",
        error.message
    );
}
