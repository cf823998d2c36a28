//! Which base URLs the chain stores.

use crate::Locator;

/// Whether bytes are a base URL that `/blobs/{cid}` can be appended to: `http` or `https`, a host
/// (name, IPv4 or bracketed IPv6), optionally a port and a path. RFC 3986 allows ASCII only;
/// credentials, queries, fragments and a trailing slash have no place in a base.
pub fn is_base_url(bytes: &[u8]) -> bool {
    let Ok(url) = core::str::from_utf8(bytes) else {
        return false;
    };
    let Some(rest) = url
        .strip_prefix("http://")
        .or_else(|| url.strip_prefix("https://"))
    else {
        return false;
    };
    let (authority, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    is_authority(authority) && is_path(path)
}

fn is_authority(authority: &str) -> bool {
    if let Some(rest) = authority.strip_prefix('[') {
        let Some((address, port)) = rest.split_once(']') else {
            return false;
        };
        return !address.is_empty()
            && address
                .bytes()
                .all(|b| b.is_ascii_hexdigit() || b == b':' || b == b'.')
            && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port));
    }
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    !host.is_empty()
        && host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.' || b == b'_')
        && port.is_none_or(is_port)
}

fn is_port(port: &str) -> bool {
    port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|p| p != 0)
}

fn is_path(path: &str) -> bool {
    !path.ends_with('/')
        && path
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:@".contains(&b))
}

impl Locator {
    /// Whether the source is empty or a base URL ([`is_base_url`]).
    pub fn is_well_formed(&self) -> bool {
        self.source.is_empty() || is_base_url(&self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls_are_accepted() {
        for url in [
            "http://127.0.0.1:9955",
            "https://provider.example",
            "https://a-b.example:65535/swarm/v1",
            "http://[::1]:9955",
            "http://[2001:db8::1]",
            "http://executor_1/a%20b",
        ] {
            assert!(is_base_url(url.as_bytes()), "{url}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for url in [
            "",
            "http://",
            "https:///blobs",
            "ftp://provider.example",
            "HTTP//provider.example",
            "provider.example",
            "http://provider.example/",
            "http://provider.example/a b",
            "http://provider.example?x=1",
            "http://provider.example/a?x=1",
            "http://provider.example/#a",
            "http://user:secret@provider.example",
            "http://provider.example:",
            "http://provider.example:0",
            "http://provider.example:65536",
            "http://provider.example:+80",
            "http://provider.example:80:80",
            "http://[::1",
            "http://[]:80",
            "http://[::1]80",
            "http://räksmörgås.example",
            "http://provider.example\n",
        ] {
            assert!(!is_base_url(url.as_bytes()), "{url}");
        }
        assert!(!is_base_url(b"http://\xff\xfe"));
    }

    #[test]
    fn a_locator_may_leave_its_source_out() {
        let mut locator = Locator::default();
        assert!(locator.is_well_formed());
        locator.source = b"http://provider.example".to_vec().try_into().unwrap();
        assert!(locator.is_well_formed());
        locator.source = b"nonsense".to_vec().try_into().unwrap();
        assert!(!locator.is_well_formed());
    }
}
