//! What WhatsApp itself writes into the text of a message: media, deleted and edited messages.
//!
//! Its words come in some sixty languages, so shape goes before words: a text that is one bracket
//! `<...>` of several words stands for media left out, `<word: file.ext>` and `file.ext (words)` name an
//! attached file, and on iOS everything the app wrote begins with a left-to-right mark (U+200E).
//! The lists hold what has no such shape.

use super::head::is_mark;

/// The text of a message, and what the app said about it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) text: String,
    /// The name of a file, or `omitted`.
    pub(super) attachment: Option<String>,
    pub(super) deleted: bool,
    pub(super) edited: bool,
    /// The app speaks: no turn of a person.
    pub(super) system: bool,
}

/// What stands for media left out.
const OMITTED: &str = "omitted";

/// Endings of iOS's words for media left out (`image omitted`), and Android's words without a blank.
const OMITTED_WORDS: &[&str] = &[
    "omitted",
    "omitido",
    "omitida",
    "omitidos",
    "weggelassen",
    "ausgeschlossen",
    "absente",
    "absent",
    "omise",
    "omis",
    "omesso",
    "omessa",
    "omesse",
    "oculto",
    "oculta",
    "weggelaten",
    "utelämnad",
    "utelatt",
    "udeladt",
    "пропущено",
    "опущено",
    "pominięto",
    "dahil edilmedi",
    "tidak disertakan",
    "省略",
    "忽略",
    "已略去",
    "省略されました",
    "含まれていません",
    "생략됨",
    "تم استبعاد",
];

/// What stands in place of a message that was taken back.
const DELETED: &[&str] = &[
    "this message was deleted",
    "you deleted this message",
    "this message was deleted by admin",
    "diese nachricht wurde gelöscht",
    "du hast diese nachricht gelöscht",
    "se eliminó este mensaje",
    "eliminaste este mensaje",
    "ce message a été supprimé",
    "vous avez supprimé ce message",
    "questo messaggio è stato eliminato",
    "hai eliminato questo messaggio",
    "mensagem apagada",
    "esta mensagem foi apagada",
    "você apagou esta mensagem",
    "dit bericht is verwijderd",
    "u hebt dit bericht verwijderd",
    "данное сообщение удалено",
    "вы удалили данное сообщение",
    "bu mesaj silindi",
    "bu mesajı sildiniz",
    "ta wiadomość została usunięta",
    "此訊息已刪除",
    "此消息已删除",
    "このメッセージは削除されました",
    "이 메시지는 삭제되었습니다",
    "تم حذف هذه الرسالة",
];

/// What stands behind a message that was changed; in brackets.
const EDITED: &[&str] = &[
    "this message was edited",
    "diese nachricht wurde bearbeitet",
    "se editó este mensaje",
    "ce message a été modifié",
    "questo messaggio è stato modificato",
    "mensagem editada",
    "esta mensagem foi editada",
    "dit bericht is bewerkt",
    "данное сообщение изменено",
    "bu mesaj düzenlendi",
    "ta wiadomość została edytowana",
];

/// Reads the text of a message; `ios` says that the app marks what it writes itself.
pub(super) fn read(text: &str, ios: bool) -> Content {
    let marked = ios && text.starts_with('\u{200e}');
    let mut content = Content::default();
    let mut text = text.trim_matches(|sign: char| sign.is_whitespace() || is_mark(sign));
    if let Some(before) = without_edited(text) {
        content.edited = true;
        text = before.trim_end_matches(|sign: char| sign.is_whitespace() || is_mark(sign));
    }
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let folded = first.trim_end_matches('.').to_lowercase();
    if rest.is_empty() && DELETED.contains(&folded.as_str()) {
        content.deleted = true;
    } else if let Some(file) = attached(first) {
        content.attachment = Some(file.to_owned());
        content.text = clean(rest);
    } else if let Some((caption, file)) = attached_last(text) {
        content.attachment = Some(file.to_owned());
        content.text = clean(caption);
    } else if rest.is_empty() && is_omitted(first, &folded, marked) {
        content.attachment = Some(OMITTED.to_owned());
    } else {
        // Places, polls and contacts are a person's; they hold a link or several lines.
        content.system = marked && rest.is_empty() && !first.contains("http");
        content.text = clean(text);
    }
    content
}

/// The text before a note that it was edited.
fn without_edited(text: &str) -> Option<&str> {
    let start = text.strip_suffix('>')?.rfind('<')?;
    let note = text[start + 1..text.len() - 1].trim_end_matches('.').to_lowercase();
    EDITED.contains(&note.as_str()).then_some(&text[..start])
}

/// The file that a line names: `<attached: FILE>` or `FILE (file attached)`.
fn attached(line: &str) -> Option<&str> {
    let line = line.trim_matches(|sign: char| sign.is_whitespace() || is_mark(sign));
    if let Some(inner) = line.strip_prefix('<').and_then(|line| line.strip_suffix('>')) {
        return Some(inner.split_once(": ")?.1.trim()).filter(|file| is_file(file));
    }
    let (file, words) = line.strip_suffix(')')?.rsplit_once(" (")?;
    (is_file(file) && words.chars().all(|sign| sign.is_alphabetic() || sign.is_whitespace() || is_mark(sign)))
        .then_some(file)
}

/// A caption with the file behind it, as newer iOS versions write it.
fn attached_last(text: &str) -> Option<(&str, &str)> {
    let start = text.strip_suffix('>')?.rfind('<')?;
    Some((&text[..start], attached(&text[start..])?))
}

fn is_file(name: &str) -> bool {
    let Some((stem, ending)) = name.rsplit_once('.') else { return false };
    !stem.is_empty()
        && (1..=5).contains(&ending.len())
        && ending.chars().all(|sign| sign.is_ascii_alphanumeric())
}

fn is_omitted(line: &str, folded: &str, marked: bool) -> bool {
    let bracketed = line.strip_prefix('<').and_then(|line| line.strip_suffix('>'));
    match bracketed.map(str::trim) {
        Some(inner) if inner.contains(['<', '/']) || inner.chars().count() > 40 => false,
        Some(inner) => inner.contains(' ') || OMITTED_WORDS.iter().any(|word| folded.contains(word)),
        None => marked && OMITTED_WORDS.iter().any(|word| folded.ends_with(word)),
    }
}

/// Text without the marks that the app puts around names and numbers.
fn clean(text: &str) -> String {
    text.trim().chars().filter(|&sign| sign == '\u{200d}' || sign == '\u{200c}' || !is_mark(sign)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_app_writes_is_told_from_what_people_write() {
        let attachment = |text: &str, ios| read(text, ios).attachment;
        for text in ["<Media omitted>", "<Medien ausgeschlossen>", "<Без медиафайлов>", "<省略多媒体文件>"]
        {
            assert_eq!(attachment(text, false).as_deref(), Some(OMITTED), "{text}");
        }
        assert_eq!(attachment("\u{200e}image omitted", true).as_deref(), Some(OMITTED));
        assert_eq!(attachment("image omitted", true), None);
        assert_eq!(attachment("\u{200e}<attached: 01-PHOTO.jpg>", true).as_deref(), Some("01-PHOTO.jpg"));
        let with_caption = read("IMG-1.jpg (file attached)\nLook", false);
        assert_eq!(
            (with_caption.text.as_str(), with_caption.attachment.as_deref()),
            ("Look", Some("IMG-1.jpg"))
        );
        for text in ["<3", "a <b> c", "see report.pdf (page 3)", "omitted"] {
            assert_eq!(attachment(text, false), None, "{text}");
        }
        assert!(read("This message was deleted", false).deleted);
        let edited = read("At six \u{200e}<This message was edited>", false);
        assert!(edited.edited && edited.text == "At six");
        assert!(read("\u{200e}Ana added you", true).system);
        assert!(!read("\u{200e}Location: https://maps.example/x", true).system);
    }
}
