//! `healthy`: asks the function that serves in this container whether it is ready; exit code 1 when it is
//! not. A function's image has no other program that could. It is none of the function's own commands
//! because each start of a large program, four times a minute, keeps its pages in memory.

use std::{
    env,
    error::Error,
    io::{self, Read, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream},
    time::Duration,
};

/// A function that says nothing for so long is not ready.
const PATIENCE: Duration = Duration::from_secs(3);
const QUESTION: &[u8] = b"GET /ready HTTP/1.0\r\n\r\n";
/// The private port of a function that was told no other.
const PRIVATE_PORT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 9090);

#[expect(
    clippy::disallowed_methods,
    reason = "one setting, without the parser that the functions start with"
)]
fn main() -> Result<(), Box<dyn Error>> {
    let address = match env::var("ADMIN_ADDRESS") {
        Ok(address) => address.parse().map_err(|error| format!("ADMIN_ADDRESS {address}: {error}"))?,
        Err(_) => PRIVATE_PORT,
    };
    Ok(ask_at(reachable(address))?)
}

/// Why the function does not count as ready.
#[derive(Debug, thiserror::Error)]
enum HealthError {
    /// It does not answer.
    #[error("no answer from {address}: {source}")]
    Silent {
        /// Its private port.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// It says that it is not ready, and why.
    #[error("{0}")]
    NotReady(String),
}

/// Who listens everywhere is asked here.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    address
}

fn ask_at(address: SocketAddr) -> Result<(), HealthError> {
    let answer = exchange(address).map_err(|source| HealthError::Silent { address, source })?;
    let status = answer.split(' ').nth(1);
    if status == Some("200") { Ok(()) } else { Err(HealthError::NotReady(answer)) }
}

fn exchange(address: SocketAddr) -> io::Result<String> {
    let mut connection = TcpStream::connect_timeout(&address, PATIENCE)?;
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.write_all(QUESTION)?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use std::{net::TcpListener, thread};

    use super::*;

    fn function_that_says(answer: &'static str) -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut connection, _) = listener.accept().unwrap();
            let mut question = [0; QUESTION.len()];
            connection.read_exact(&mut question).unwrap();
            connection.write_all(answer.as_bytes()).unwrap();
        });
        address
    }

    #[test]
    fn a_function_that_says_so_is_ready() {
        assert!(ask_at(function_that_says("HTTP/1.0 200 OK\r\n\r\n{}")).is_ok());
    }

    #[test]
    fn a_function_that_is_not_ready_says_why() {
        let refused = ask_at(function_that_says("HTTP/1.0 503 Service Unavailable\r\n\r\nno database"));
        assert!(refused.unwrap_err().to_string().ends_with("no database"));
    }

    #[test]
    fn nobody_is_not_ready() {
        let nobody = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        assert!(matches!(ask_at(nobody), Err(HealthError::Silent { .. })));
    }

    #[test]
    fn who_listens_everywhere_is_asked_here() {
        assert_eq!(reachable("0.0.0.0:9090".parse().unwrap()).to_string(), "127.0.0.1:9090");
        assert_eq!(reachable("10.0.0.7:9090".parse().unwrap()).to_string(), "10.0.0.7:9090");
    }
}
