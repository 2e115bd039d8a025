//! How people misspell names, and whom they mean, among the five thousand contacts of the fixtures.
//!
//! Apart from the other specs because it needs many names that are like each other.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use magiclink_domain::contact::Details;
use magiclink_domain::id::ContactId;
use magiclink_domain::personal::Personal;
use magiclink_domain::value::{EmailAddress, Name};
use uuid::Uuid;

use super::{Change, Directory, normal};

struct People {
    directory: Directory,
    names: BTreeMap<ContactId, String>,
}

static PEOPLE: LazyLock<People> = LazyLock::new(|| {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/contacts.csv");
    let (mut names, mut rows) = (BTreeMap::new(), vec![]);
    for (nth, row) in csv::Reader::from_path(file).unwrap().records().enumerate() {
        let row = row.unwrap();
        let Ok(name) = Name::parse(&format!("{} {}", &row[1], &row[2])) else { continue };
        let contact = ContactId::from_uuid(Uuid::from_u128(nth as u128 + 1));
        names.insert(contact, normal(name.as_str()));
        let email = (!row[3].is_empty()).then(|| EmailAddress::stored(row[3].to_lowercase()));
        let (phone, locale, external_id) = (None, None, None);
        let details = Details { name, email, phone, locale, external_id, attributes: vec![], row: None };
        rows.push(Change::of(contact, &Personal::Known(details)));
    }
    let directory = Directory::loading();
    directory.load(rows);
    directory.loaded();
    People { directory, names }
});

/// Whom somebody finds who types this, as everywhere: what is like it where nothing is exactly that.
fn found(typed: &str) -> Vec<&'static str> {
    let mut found = PEOPLE.directory.search(typed, 6);
    if found.is_empty() {
        found = PEOPLE.directory.similar(typed, 6);
    }
    named(&found)
}

fn named(contacts: &[ContactId]) -> Vec<&'static str> {
    contacts.iter().map(|contact| PEOPLE.names[contact].as_str()).collect()
}

#[test]
fn a_slip_finds_whom_one_meant_before_everybody_else() {
    for (typed, meant) in [
        ("Abiagil Robertson", "Abigail Robertson"),
        ("Zacharie Jaen", "Zacharie Jean"),
        ("bourdno timothée", "Timothée Bourdon"),
        ("Dominik Heinrch", "Dominik Heinrich"),
        ("Dylan OBrien", "Dylan O'Brien"),
        ("Carrrie Bullock", "Carrie Bullock"),
        ("Margoot Begue", "Margot Bègue"),
        ("Márgot Bégüe", "Margot Bègue"),
        ("Aida Zuñíga", "Aida Zúñiga"),
        ("Manuel Resèndes", "Manuel Reséndez"),
        ("Nanuel Reséndez", "Manuel Reséndez"),
        ("Tatie Gaines", "Katie Gaines"),
        ("Hans-Nartin Ulrich", "Hans-Martin Ullrich"),
        ("Mariuzs Śibior", "Mariusz Ścibior"),
        ("聡太朗 佐々木", "聡太郎 佐々木"),
        ("حقي الجفلي", "حقّي الجفالي"),
        ("אור שמאול", "אור שמואל"),
        ("danielethornton0@example.org", "Dylan Conway"),
        ("daniellethornton0@exmaple.org", "Dylan Conway"),
    ] {
        assert_eq!(found(typed).first().copied(), Some(normal(meant).as_str()), "{typed}: {:?}", found(typed));
    }
}

/// One slip in the longest word of a name, at a place that `dice` chooses.
fn slip(name: &str, kind: &str, dice: usize) -> Option<String> {
    let word = name.split(' ').max_by_key(|word| word.chars().count())?;
    // Whoever is called Thomas Thomas is as like "Thmoas Thomas" as every other Thomas.
    if name.matches(word).count() > 1 {
        return None;
    }
    let mut letters: Vec<char> = word.chars().collect();
    let at = dice % (letters.len() - 1);
    match kind {
        "changed places" => letters.swap(at, at + 1),
        "missing" => drop(letters.remove(at)),
        "doubled" => letters.insert(at, letters[at]),
        "another" => letters[at] = 'q',
        "another at first" => letters[0] = 'x',
        _ => return None,
    }
    let misspelt: String = letters.into_iter().collect();
    (misspelt != word).then(|| name.replacen(word, &misspelt, 1))
}

#[test]
fn any_slip_in_any_long_name_finds_it_among_the_first() {
    for kind in ["changed places", "missing", "doubled", "another", "another at first"] {
        let (mut asked, mut first) = (0, 0);
        for (nth, name) in (0_usize..).zip(PEOPLE.names.values()) {
            if !nth.is_multiple_of(5) || !name.split(' ').any(|word| word.chars().count() > 3) {
                continue;
            }
            let Some(typed) = slip(name, kind, nth / 5) else { continue };
            let found: Vec<&str> = named(&PEOPLE.directory.similar(&typed, 6));
            assert!(found.contains(&name.as_str()), "{kind}: {typed} for {name} found {found:?}");
            asked += 1;
            first += usize::from(found[0] == name);
        }
        assert!(asked > 500, "{kind}: {asked}");
        assert!(first * 100 >= asked * 98, "{kind}: {first} of {asked} came first");
    }
}
