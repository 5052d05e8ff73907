//! Handles: a name on a network, from `@ana`, a profile URL or a prefixed id.
//!
//! A profile URL says both the network and the name; `@ana` only the name; `tw:ana` and
//! `@ana@mastodon.social` say both in short. Names are folded in case, because every network in the
//! table treats `Ana` and `ana` as one.
//!
//! Cost: linear.

use serde::Serialize;

use super::fold::is_invisible;

/// A handle as read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Handle {
    /// The network, as in [`Channel`](crate::model::Channel) where it has one (`x`, `instagram`);
    /// `None` when the text does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// The name on it, lower case, without `@`.
    pub name: String,
}

/// Longest text looked at: URLs with tracking parameters are long, names are not.
const MAX_TEXT: usize = 2048;
const MAX_NAME: usize = 128;

impl Handle {
    /// Reads a handle; `None` when the text is none.
    ///
    /// ```
    /// use reknit::text::handle::Handle;
    /// let handle = Handle::read("https://www.linkedin.com/in/Ana-Perez/?trk=x").unwrap();
    /// assert_eq!(handle.platform.as_deref(), Some("linkedin"));
    /// assert_eq!(handle.name, "ana-perez");
    /// assert_eq!(Handle::read("@Ana").unwrap().normal(), "ana");
    /// assert_eq!(Handle::read("tw:ana").unwrap().normal(), "x:ana");
    /// ```
    pub fn read(text: &str) -> Option<Self> {
        if text.len() > MAX_TEXT {
            return None;
        }
        let lower = text.to_lowercase();
        let text = lower.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
        match text.strip_prefix('@') {
            Some(name) => of_fediverse(name).or_else(|| of_name(name)),
            None => of_url(text).or_else(|| of_prefix(text)).or_else(|| of_name(text)),
        }
    }

    /// `platform:name`, or the name alone.
    pub fn normal(&self) -> String {
        match &self.platform {
            Some(platform) => format!("{platform}:{}", self.name),
            None => self.name.clone(),
        }
    }

    fn on(platform: &str, name: &str) -> Option<Self> {
        // WhatsApp names are phone numbers, with or without their plus.
        let name = name.trim_start_matches(['@', '+']);
        is_name(name).then(|| Self { platform: Some(platform.to_owned()), name: name.to_owned() })
    }
}

/// Names as networks allow them, and a bit more: letters, digits and `. _ - +`.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= MAX_NAME
        && name.chars().any(char::is_alphanumeric)
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '~' | '\u{307}'))
}

/// Hosts of networks: host, platform, and the path segments that stand before the name.
const HOSTS: &[(&str, &str, &[&str])] = &[
    ("bsky.app", "bluesky", &["profile"]),
    ("facebook.com", "facebook", &[]),
    ("fb.com", "facebook", &[]),
    ("fb.me", "facebook", &[]),
    ("github.com", "github", &[]),
    ("gitlab.com", "gitlab", &[]),
    ("instagram.com", "instagram", &[]),
    ("instagr.am", "instagram", &[]),
    ("linkedin.com", "linkedin", &["in", "pub", "company"]),
    ("m.me", "messenger", &[]),
    ("medium.com", "medium", &[]),
    ("pinterest.com", "pinterest", &[]),
    ("reddit.com", "reddit", &["u", "user"]),
    ("snapchat.com", "snapchat", &["add"]),
    ("t.me", "telegram", &[]),
    ("telegram.me", "telegram", &[]),
    ("threads.net", "threads", &[]),
    ("tiktok.com", "tiktok", &[]),
    ("twitch.tv", "twitch", &[]),
    ("twitter.com", "x", &[]),
    ("vk.com", "vk", &[]),
    ("wa.me", "whatsapp", &[]),
    ("x.com", "x", &[]),
    ("xing.com", "xing", &["profile"]),
    ("youtube.com", "youtube", &["c", "user", "channel"]),
];

/// Paths that are pages of the network, not people on it.
#[rustfmt::skip]
const PAGES: &[&str] = &[
    "about", "explore", "groups", "hashtag", "help", "home", "i", "intent", "login", "p", "pages",
    "privacy", "profile.php", "reel", "search", "settings", "share", "sharer", "signup", "stories",
    "watch",
];

fn of_url(text: &str) -> Option<Handle> {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let (host, path) = rest.split_once('/')?;
    let host = host.split(':').next()?;
    let known = HOSTS.iter().find(|(known, _, _)| {
        host.strip_suffix(known).is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
    });
    let (path, query) = path.split_once(['?', '#']).unwrap_or((path, ""));
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    let first = segments.next()?;
    let Some((_, platform, before)) = known else {
        // Any other host with `/@name` is a server of the fediverse.
        return fediverse(first.strip_prefix('@')?, host);
    };
    if first == "profile.php" {
        let id = query.split('&').find_map(|pair| pair.strip_prefix("id="))?;
        return Handle::on(platform, id);
    }
    let name = if before.contains(&first) {
        segments.next()?
    } else if before.is_empty() || first.starts_with('@') || *platform == "youtube" {
        first
    } else {
        return None;
    };
    (!PAGES.contains(&name)).then(|| Handle::on(platform, name))?
}

/// Short and long names of platforms before a colon, as exports write them.
fn platform(prefix: &str) -> Option<&'static str> {
    Some(match prefix {
        "tw" | "twitter" | "x" => "x",
        "ig" | "insta" | "instagram" => "instagram",
        "fb" | "facebook" => "facebook",
        "psid" | "messenger" => "messenger",
        "li" | "linkedin" => "linkedin",
        "gh" | "github" => "github",
        "gitlab" => "gitlab",
        "tg" | "telegram" => "telegram",
        "wa" | "whatsapp" => "whatsapp",
        "yt" | "youtube" => "youtube",
        "tt" | "tiktok" => "tiktok",
        "bsky" | "bluesky" => "bluesky",
        "mastodon" => "mastodon",
        "reddit" => "reddit",
        "skype" => "skype",
        "slack" => "slack",
        "discord" => "discord",
        "line" => "line",
        "viber" => "viber",
        "wechat" => "wechat",
        "signal" => "signal",
        "snapchat" | "snap" => "snapchat",
        "threads" => "threads",
        "medium" => "medium",
        "pinterest" => "pinterest",
        "twitch" => "twitch",
        "vk" => "vk",
        "xing" => "xing",
        _ => return None,
    })
}

fn of_prefix(text: &str) -> Option<Handle> {
    let (prefix, name) = text.split_once(':')?;
    let platform = platform(prefix.trim())?;
    let name = name.trim();
    if platform == "mastodon" {
        return of_fediverse(name.strip_prefix('@').unwrap_or(name));
    }
    Handle::on(platform, name)
}

/// `name@host`, once an `@` or a prefix before it has said that it is no e-mail address.
fn of_fediverse(text: &str) -> Option<Handle> {
    let (name, host) = text.split_once('@')?;
    fediverse(name, host)
}

fn fediverse(name: &str, host: &str) -> Option<Handle> {
    (is_name(name) && is_host(host))
        .then(|| Handle { platform: Some("mastodon".to_owned()), name: format!("{name}@{host}") })
}

fn is_host(host: &str) -> bool {
    host.contains('.')
        && host.len() <= MAX_NAME
        && host.split('.').all(|l| !l.is_empty() && l.chars().all(|c| c.is_alphanumeric() || c == '-'))
}

fn of_name(name: &str) -> Option<Handle> {
    is_name(name).then(|| Handle { platform: None, name: name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_host_names_a_platform_that_its_normal_form_can_say() {
        for (host, known, _) in HOSTS {
            assert_eq!(platform(known), Some(*known), "{host}");
        }
    }

    proptest! {
        #[test]
        fn every_text_reads_or_not(text in any::<String>()) {
            let _ = Handle::read(&text);
        }

        #[test]
        fn a_normal_form_reads_as_itself(
            text in "@?[a-zA-Z.@+İ]{1,5}|(https://)?(www\\.)?(x|wa|t|youtube|linkedin|a)\\.(com|me)/(in/|@)?[aB.@+]{1,4}|(tw|mastodon):[a@.]{1,5}"
        ) {
            if let Some(handle) = Handle::read(&text) {
                prop_assert_eq!(Handle::read(&handle.normal()), Some(handle));
            }
        }
    }
}
