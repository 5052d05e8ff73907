//! Handles: a name on a network, from `@ana`, a profile URL or a prefixed id.
//!
//! A profile URL says both the network and the name; `@ana` only the name; `tw:ana` and
//! `@ana@mastodon.social` say both in short. Names are folded in case, because every network in the
//! table treats `Ana` and `ana` as one; ids that a network gave out and tells apart by case (a
//! WhatsApp business-scoped user id, a channel of YouTube) keep theirs.
//!
//! Sources: the address bars of the networks; Meta's "Business-scoped user IDs" (2026) for the form
//! `US.1349…`, `US.ENT.1181…`. Cost: linear.

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
        let blank = |c: char| c.is_whitespace() || is_invisible(c);
        let written = text.trim_matches(blank);
        let lower = written.to_lowercase();
        let text = lower.trim_matches(blank);
        let handle = match text.strip_prefix('@') {
            Some(name) => of_fediverse(name).or_else(|| of_name(name)),
            None => of_bsuid(text)
                .or_else(|| of_link(text))
                .or_else(|| of_url(text))
                .or_else(|| of_prefix(text))
                .or_else(|| of_name(text)),
        };
        handle.map(|handle| handle.with_case_of(written))
    }

    /// The same with its name as it was written, if it is an id in which case counts.
    fn with_case_of(mut self, written: &str) -> Self {
        let cased = match self.platform.as_deref() {
            Some(BSUID) => true,
            Some("youtube") => self.name.starts_with("uc") && self.name.len() == 24,
            _ => false,
        };
        if cased && written.is_ascii() {
            let lower = written.to_ascii_lowercase();
            if let Some(at) = lower.rfind(&self.name) {
                written[at..at + self.name.len()].clone_into(&mut self.name);
            }
        }
        self
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
        let name = if platform == "discord" { name.strip_suffix("#0").unwrap_or(name) } else { name };
        (is_name(name) || is_id(platform, name))
            .then(|| Self { platform: Some(platform.to_owned()), name: name.to_owned() })
    }
}

/// Names as networks allow them, and a bit more: letters, digits and `. _ - +`.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= MAX_NAME
        && name.chars().any(char::is_alphanumeric)
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '~' | '\u{307}'))
}

/// Ids with signs that names have not: `did:plc:…` of Bluesky, `ana#1234` of Discord.
fn is_id(platform: &str, name: &str) -> bool {
    let word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric());
    match platform {
        "bluesky" => name.len() <= MAX_NAME && name.strip_prefix("did:plc:").is_some_and(word),
        "discord" => name.split_once('#').is_some_and(|(name, tag)| {
            is_name(name) && tag.len() == 4 && tag.bytes().all(|b| b.is_ascii_digit())
        }),
        _ => false,
    }
}

/// Hosts of networks: host, platform, and the path segments that stand before the name.
const HOSTS: &[(&str, &str, &[&str])] = &[
    ("about.me", "aboutme", &[]),
    ("angel.co", "angellist", &["u"]),
    ("ask.fm", "askfm", &[]),
    ("behance.net", "behance", &[]),
    ("space.bilibili.com", "bilibili", &[]),
    ("bitbucket.org", "bitbucket", &[]),
    ("bsky.app", "bluesky", &["profile"]),
    ("crunchbase.com", "crunchbase", &["person", "organization"]),
    ("dev.to", "devto", &[]),
    ("discord.com", "discord", &["users"]),
    ("discordapp.com", "discord", &["users"]),
    ("douban.com", "douban", &["people"]),
    ("douyin.com", "douyin", &["user"]),
    ("dribbble.com", "dribbble", &[]),
    ("facebook.com", "facebook", &[]),
    ("fb.com", "facebook", &[]),
    ("fb.me", "facebook", &[]),
    ("flickr.com", "flickr", &["people", "photos"]),
    ("github.com", "github", &[]),
    ("gitlab.com", "gitlab", &[]),
    ("instagram.com", "instagram", &["_u"]),
    ("instagr.am", "instagram", &[]),
    ("keybase.io", "keybase", &[]),
    ("kick.com", "kick", &[]),
    ("linkedin.com", "linkedin", &["in", "pub", "company", "school", "showcase"]),
    ("linktr.ee", "linktree", &[]),
    ("m.me", "messenger", &[]),
    ("messenger.com", "messenger", &["t"]),
    ("medium.com", "medium", &[]),
    ("blog.naver.com", "naver", &[]),
    ("ok.ru", "ok", &["profile"]),
    ("patreon.com", "patreon", &[]),
    ("paypal.me", "paypal", &[]),
    ("pinterest.com", "pinterest", &[]),
    ("quora.com", "quora", &["profile"]),
    ("reddit.com", "reddit", &["u", "user"]),
    ("researchgate.net", "researchgate", &["profile"]),
    ("snapchat.com", "snapchat", &["add", "t"]),
    ("soundcloud.com", "soundcloud", &[]),
    ("open.spotify.com", "spotify", &["user"]),
    ("stackoverflow.com", "stackoverflow", &["users"]),
    ("steamcommunity.com", "steam", &["id", "profiles"]),
    ("t.me", "telegram", &["s"]),
    ("telegram.me", "telegram", &["s"]),
    ("telegram.dog", "telegram", &[]),
    ("threads.com", "threads", &[]),
    ("threads.net", "threads", &[]),
    ("tiktok.com", "tiktok", &[]),
    ("tumblr.com", "tumblr", &["blog"]),
    ("twitch.tv", "twitch", &[]),
    ("twitter.com", "x", &[]),
    ("vimeo.com", "vimeo", &[]),
    ("vk.com", "vk", &[]),
    ("vk.ru", "vk", &[]),
    ("vkontakte.ru", "vk", &[]),
    ("wa.me", "whatsapp", &[]),
    ("weibo.com", "weibo", &["u", "n"]),
    ("weibo.cn", "weibo", &["u", "n"]),
    ("x.com", "x", &[]),
    ("xiaohongshu.com", "xiaohongshu", &["user"]),
    ("xing.com", "xing", &["profile"]),
    ("youtube.com", "youtube", &["c", "user", "channel"]),
    ("zhihu.com", "zhihu", &["people"]),
];

/// Hosts on which the name is a host of its own: `ana.tumblr.com`.
const SUBDOMAINS: &[(&str, &str)] = &[
    (".bandcamp.com", "bandcamp"),
    (".bsky.social", "bluesky"),
    (".deviantart.com", "deviantart"),
    (".livejournal.com", "livejournal"),
    (".substack.com", "substack"),
    (".tumblr.com", "tumblr"),
];

/// Networks on which a name without `@` may stand first in the path although segments before names
/// exist.
const OPEN: &[&str] = &["youtube", "ok", "weibo", "instagram", "telegram", "tumblr", "angellist"];

/// Paths that are pages of the network, not people on it.
#[rustfmt::skip]
const PAGES: &[&str] = &[
    "about", "add", "channels", "dialog", "events", "explore", "feed", "groups", "hashtag", "help",
    "home", "i", "intent", "invite", "joinchat", "jobs", "l.php", "login", "message", "messages", "p",
    "pages", "people", "photo", "playlist", "post", "posts", "privacy", "profile.php", "questions", "reel",
    "reels", "results", "search", "settings", "share", "sharer", "shorts", "signup", "status", "stories",
    "story.php", "tag", "tags", "topics", "trending", "tv", "video", "videos", "wall", "watch",
];

/// The name under which a WhatsApp business-scoped user id is told apart from a phone number and from
/// a WhatsApp name.
const BSUID: &str = "bsuid";

/// `US.13491208655302741918`: a country, a dot, an id; `ENT` between for an id shared by portfolios.
/// Without a prefix only ids of many digits are taken for one.
fn of_bsuid(text: &str) -> Option<Handle> {
    let (bare, prefixed) = match text.split_once(':') {
        Some((BSUID | "whatsapp_bsuid", rest)) => (rest.trim(), true),
        Some(_) => return None,
        None => (text, false),
    };
    let (country, id) = bare.split_once('.')?;
    let own = id.strip_prefix("ent.").unwrap_or(id);
    let fits = country.len() == 2
        && country.bytes().all(|b| b.is_ascii_lowercase())
        && !own.is_empty()
        && bare.len() <= MAX_NAME
        && own.bytes().all(|b| b.is_ascii_alphanumeric())
        && (prefixed || own.len() >= 12 && own.bytes().all(|b| b.is_ascii_digit()));
    fits.then(|| Handle { platform: Some(BSUID.to_owned()), name: bare.to_owned() })
}

/// Addresses inside apps: `tg://resolve?domain=ana`, `whatsapp://send?phone=…`, the ids of WhatsApp Web.
fn of_link(text: &str) -> Option<Handle> {
    for end in ["@s.whatsapp.net", "@c.us"] {
        if let Some(number) = text.strip_suffix(end) {
            return Handle::on("whatsapp", number.split(':').next()?);
        }
    }
    let (address, query) = text.split_once('?')?;
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest).trim_end_matches('/');
    let value =
        |key: &str| query.split(['&', '#']).find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='));
    match rest {
        "resolve" if address.starts_with("tg:") => Handle::on("telegram", value("domain")?),
        "send" | "api.whatsapp.com/send" | "web.whatsapp.com/send" | "www.whatsapp.com/send" => {
            let number = value("phone")?;
            Handle::on("whatsapp", number.strip_prefix("%2b").unwrap_or(number))
        }
        _ => None,
    }
}

/// A name that is a host.
fn of_subdomain(host: &str) -> Option<Handle> {
    let (name, platform) =
        SUBDOMAINS.iter().find_map(|(end, platform)| Some((host.strip_suffix(end)?, *platform)))?;
    let name = if platform == "bluesky" { host } else { name };
    (!matches!(name, "www" | "m" | "mobile" | "")).then(|| Handle::on(platform, name))?
}

fn of_url(text: &str) -> Option<Handle> {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.split(':').next()?;
    let (path, query) = path.split_once(['?', '#']).unwrap_or((path, ""));
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let known = HOSTS.iter().find(|(known, _, _)| {
        host.strip_suffix(known).is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
    });
    let Some(&first) = segments.first() else {
        // A lone host is an address only where it is a name.
        return of_subdomain(host);
    };
    let Some((_, platform, before)) = known.filter(|_| of_subdomain(host).is_none()) else {
        // Any other host with `/@name` is a server of the fediverse.
        return of_subdomain(host).or_else(|| fediverse(first.strip_prefix('@')?, host));
    };
    let second = segments.get(1).copied();
    match (*platform, first, segments.get(2).copied()) {
        (_, "profile.php", _) => {
            let id = query.split('&').find_map(|pair| pair.strip_prefix("id="))?;
            return Handle::on(platform, id);
        }
        // `facebook.com/people/Ana-Perez/1000123`: the number is the profile.
        ("facebook", "people" | "pages", Some(id)) | ("xiaohongshu", "user", Some(id)) => {
            return Handle::on(platform, id);
        }
        _ => {}
    }
    let name = if before.contains(&first) {
        second?
    } else if before.is_empty() || first.starts_with('@') || OPEN.contains(platform) {
        first
    } else {
        return None;
    };
    (!(PAGES.contains(&name) || *platform == "telegram" && name.starts_with('+')))
        .then(|| Handle::on(platform, name))?
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
        "wechat" | "weixin" => "wechat",
        "signal" => "signal",
        "snapchat" | "snap" => "snapchat",
        "kakao" | "kakaotalk" => "kakaotalk",
        "zalo" => "zalo",
        "qq" => "qq",
        "teams" | "msteams" => "teams",
        "matrix" => "matrix",
        "odnoklassniki" => "ok",
        "vkontakte" => "vk",
        "so" => "stackoverflow",
        _ => {
            let hosts = HOSTS.iter().map(|(_, platform, _)| *platform);
            let known = hosts.chain(SUBDOMAINS.iter().map(|(_, platform)| *platform));
            return { known }.find(|known| *known == prefix);
        }
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
    if let Some(handle) = name.ends_with(".bsky.social").then(|| of_subdomain(name)).flatten() {
        return Some(handle);
    }
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
