//! The catalogues are whole, and hold every word that pages say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::{CATALOGUES, HOLE, Language};

/// Keys and parts (`key.part`) of a language, each with the values that it names.
fn keys(texts: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for text in texts {
        let (mut id, mut current) = (String::new(), String::new());
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            let trimmed = line.trim_start();
            if !line.starts_with(' ') {
                id = line.split_once(" = ").unwrap().0.to_owned();
                current.clone_from(&id);
                assert!(keys.insert(id.clone(), BTreeSet::new()).is_none(), "{id} is said twice");
            } else if let Some((part, _)) = trimmed.strip_prefix('.').and_then(|rest| rest.split_once(" = ")) {
                current = format!("{id}.{part}");
                assert!(keys.insert(current.clone(), BTreeSet::new()).is_none(), "{current} is said twice");
            }
            for value in line.split('$').skip(1) {
                let name: String = value.chars().take_while(char::is_ascii_alphabetic).collect();
                keys.get_mut(&current).unwrap().insert(name);
            }
        }
    }
    keys
}

fn contacts(catalogue: (&str, &'static [&'static str])) -> BTreeMap<String, BTreeSet<String>> {
    keys(catalogue.1.split_at(4).0)
}

#[test]
fn every_catalogue_can_be_read_without_a_fault() {
    for (tag, texts) in CATALOGUES {
        for text in texts {
            let read = fluent_bundle::FluentResource::try_new((*text).to_owned());
            assert!(read.is_ok(), "{tag}: {:?}", read.unwrap_err().1);
        }
    }
}

#[test]
fn every_language_has_every_key_and_names_the_same_values() {
    let english = contacts(CATALOGUES[0]);
    assert!(english.len() > 150, "{}", english.len());
    for catalogue in CATALOGUES.into_iter().skip(1) {
        let (tag, theirs) = (catalogue.0, contacts(catalogue));
        for (key, values) in &english {
            assert_eq!(theirs.get(key), Some(values), "{tag}: {key}");
        }
        for key in theirs.keys() {
            assert!(english.contains_key(key), "{tag} says {key}, and English does not");
        }
    }
}

#[test]
fn nothing_is_left_in_english_and_nothing_is_empty() {
    let english = Language::english();
    // Words that languages share.
    let shared = ["code.field", "nav", "month-4", "month-8", "month-9", "month-11", "instant", "day"];
    for (key, values) in contacts(CATALOGUES[0]) {
        let said = |language: &Language| match values.first() {
            Some(_) if values.contains("count") => language.count(&key, &2).into_owned(),
            Some(_) => {
                let values: Vec<_> = values.iter().map(|name| (name.as_str(), "X")).collect();
                language.with_all(&key, &values).into_owned()
            }
            None => language.say(&key).into_owned(),
        };
        let words = said(english);
        assert!(!words.trim().is_empty() && !words.contains('{'), "{key}: {words}");
        for language in Language::all().skip(1) {
            let theirs = said(language);
            assert!(!theirs.trim().is_empty() && !theirs.contains('{'), "{language:?}, {key}: {theirs}");
            assert!(shared.contains(&key.as_str()) || theirs != words, "{language:?}: {key} is in English: {words}");
        }
    }
}

#[test]
fn one_is_said_otherwise_than_many() {
    for language in Language::all() {
        for key in ["sent.text", "open-count", "tile-days", "failure-too-many.text"] {
            let [none, one, two, many] = [0, 1, 2, 15].map(|count| language.count(key, &count).into_owned());
            assert_ne!(one, two.replace('2', "1"), "{language:?}: {key}");
            assert_eq!(two.replace('2', "15"), many, "{language:?}: {key}");
            assert_eq!(two.replace('2', "0"), none, "{language:?}: {key}");
        }
    }
    assert!(Language::english().count("sent.text", &15).contains("both work for 15 minutes."));
}

#[test]
fn a_word_that_nobody_has_breaks_nothing_and_one_that_only_english_has_is_said_in_english() {
    for language in Language::all() {
        assert_eq!(language.say("no-such-key"), "");
        assert_eq!(language.say("door.no-such-part"), "");
        assert_eq!(language.around("no-such-key", "name"), (String::new(), String::new()));
        assert_eq!(language.say("staff-member"), "a staff member");
    }
}

#[test]
fn a_name_is_left_to_the_page() {
    let german = Language::all().find(|language| language.tag() == "de").unwrap();
    assert_eq!(german.around("welcome", "name"), ("Willkommen, ".to_owned(), String::new()));
    assert!(CATALOGUES.iter().all(|(_, texts)| texts.iter().all(|text| !text.contains(HOLE))));
    let hostile = "{ $name } <b>&";
    assert_eq!(german.with("welcome", "name", hostile), format!("Willkommen, {hostile}"), "a name is no pattern");
}

#[test]
fn directions_are_those_of_the_scripts() {
    assert!(Language::all().all(|language| language.direction() == "ltr"));
    assert_eq!(Language::read(("ar", &[])).direction(), "rtl");
    assert_eq!(Language::read(("he", &[])).direction(), "rtl");
}

fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|end| end == extension) {
            found.push(path);
        }
    }
}

/// Templates whose words come from the catalogue.
fn templates() -> Vec<PathBuf> {
    let mut found = vec![here().join("templates/base.html"), here().join("templates/failure.html")];
    files(&here().join("templates/portal"), "html", &mut found);
    // A tool for whoever sets the portal up.
    found.retain(|path| !path.ends_with("sandbox.html") && !path.ends_with("sandbox_chat.html"));
    found
}

/// Every text in quotes right behind one of these.
fn named(text: &str, before: &str) -> Vec<String> {
    text.split(before).skip(1).filter_map(|rest| rest.split_once('"')).map(|(key, _)| key.to_owned()).collect()
}

#[test]
fn every_word_that_a_page_asks_for_is_in_the_catalogue() {
    let known = keys(CATALOGUES[0].1);
    let mut sources = templates();
    files(&here().join("src/portal"), "rs", &mut sources);
    files(&here().join("src/http"), "rs", &mut sources);
    let mut asked = 0;
    for path in sources {
        let text = std::fs::read_to_string(&path).unwrap();
        for call in [".say(\"", ".with(\"", ".count(\"", ".around(\"", ".with_all(\""] {
            for key in named(&text, call) {
                assert!(known.contains_key(&key), "{} asks for {key}", path.display());
                asked += 1;
            }
        }
        for group in ["failure-", "refused-", "did-", "notice-"] {
            for rest in named(&text, &format!("\"{group}")) {
                let key = format!("{group}{rest}");
                assert!(known.contains_key(&key), "{} asks for {key}", path.display());
                asked += 1;
            }
        }
    }
    assert!(asked > 100, "{asked}");
}

#[test]
fn every_word_in_the_catalogue_is_asked_for() {
    let mut sources = templates();
    files(&here().join("src"), "rs", &mut sources);
    sources.retain(|path| !path.starts_with(here().join("src/language/tests.rs")));
    let all: String = sources.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    for key in keys(CATALOGUES[0].1).keys().filter(|key| !key.starts_with("month-")) {
        let whole = key.strip_suffix(".text").unwrap_or(key);
        let asked = [key, whole].into_iter().any(|key| all.contains(&format!("\"{key}\"")));
        assert!(asked, "nobody asks for {key}");
    }
}

#[test]
fn no_template_has_words_of_its_own() {
    for path in templates() {
        let text = std::fs::read_to_string(&path).unwrap();
        let (mut words, mut rest) = (String::new(), text.as_str());
        while let Some(start) = rest.find(['<', '{']) {
            words.push_str(&rest[..start]);
            let close = match &rest[start..] {
                part if part.starts_with("{{") => "}}",
                part if part.starts_with("{%") => "%}",
                part if part.starts_with("<style>") => "</style>",
                _ => ">",
            };
            let (inside, after) = rest[start..].split_once(close).unwrap();
            for shown in ["placeholder=\"", "aria-label=\"", "title=\"", "alt=\""] {
                for value in named(inside, shown).into_iter().filter(|value| !value.starts_with("{{")) {
                    words.push_str(&value);
                }
            }
            rest = after;
        }
        words.push_str(rest);
        // A tag may hold an instruction that holds a tag's end.
        let left: String = words.chars().filter(|letter| letter.is_alphabetic()).collect();
        assert_eq!(left, "", "{}", path.display());
    }
}
