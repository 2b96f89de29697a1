//! Whose a connection on this machine is. Chromium takes no credentials for a proxy, so the guard looks at the
//! account of whoever connects: the kernel tells it in `/proc/net/tcp`, which Linux alone has.

use std::net::SocketAddrV4;

/// An established connection, as the table writes it.
const ESTABLISHED: &str = "01";

/// Whether the other end of a connection to `us` is a process of our own account.
pub(super) async fn is_of_our_account(peer: SocketAddrV4, us: SocketAddrV4) -> bool {
    let account = rustix::process::geteuid().as_raw().to_string();
    let table = tokio::fs::read_to_string("/proc/net/tcp").await.unwrap_or_default();
    owner(&table, peer, us) == Some(account.as_str())
}

/// The account of the socket from which `peer` is connected to `us`.
fn owner(table: &str, peer: SocketAddrV4, us: SocketAddrV4) -> Option<&str> {
    let (peer, us) = (written(peer), written(us));
    table.lines().find_map(|line| {
        let mut words = line.split_ascii_whitespace().skip(1);
        let ends = (words.next()?, words.next()?, words.next()?);
        let (account, inode) = (words.nth(3)?, words.nth(1)?);
        // A socket that nobody has any more is of account 0.
        let is_it = ends == (peer.as_str(), us.as_str(), ESTABLISHED) && inode != "0";
        is_it.then_some(account)
    })
}

/// An address as the table writes it: its bytes as a number of this machine.
fn written(address: SocketAddrV4) -> String {
    let ip = u32::from_ne_bytes(address.ip().octets());
    format!("{ip:08X}:{:04X}", address.port())
}

#[cfg(all(test, target_endian = "little"))]
mod tests {
    use super::*;

    const TABLE: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000   101        0 7001 1 0 100 0 0 10 0
   1: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 7002 1 0 20 4 30 10 -1
   2: 0100007F:C351 0100007F:1F90 06 00000000:00000000 03:00000000 00000000     0        0 0 3 0
   3: 0100007F:C352 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 0 1 0
";

    #[rstest::rstest]
    #[case("127.0.0.1:50000", Some("1000"))]
    #[case("127.0.0.1:50001", None)]
    #[case("127.0.0.1:50002", None)]
    #[case("127.0.0.2:50000", None)]
    fn a_connection_is_of_the_account_that_has_its_socket(
        #[case] peer: &str,
        #[case] account: Option<&str>,
    ) {
        let us = "127.0.0.1:8080".parse().unwrap();
        assert_eq!(owner(TABLE, peer.parse().unwrap(), us), account);
    }
}
