//! Names made to break things are shown as they are, in pieces that platforms escape.

use magiclink_domain::authority::Role;

use super::world::World;
use crate::conversation::{Answer, Piece, Reply};

/// Names that ping, link, format, format dates, or look like ours.
pub(crate) const NAMES: &[&str] = &[
    "<!channel>",
    "<!here|here>",
    "<@U1>",
    "<#C1|general>",
    "<https://evil.example|Ana>",
    "&lt;!everyone&gt;",
    "*bold* _it_ ~st~ `code`",
    "```\nblock",
    "> quote",
    "@everyone @here <@&1>",
    "[Ana](https://evil.example)",
    "https://evil.example/m/x",
    "<!date^1392734382^{date}^https://evil.example|Ana>",
    ":skull: |spoiler| ||x||",
    "Robert'); DROP TABLE contacts;--",
    "{{7*7}} ${x} %s %n",
    "مصطفى أسعد",
    "𝒜𝓃𝒶 👩‍👩‍👧",
    "\"quoted\" 'single' \\back\\",
];

fn ours(answer: &Answer) -> String {
    let pieces = answer.lines.iter().flat_map(|line| &line.0);
    let words = pieces.filter_map(|piece| match piece {
        Piece::Words(text) | Piece::Typed(text) => Some(text.as_str()),
        Piece::Foreign(_) | Piece::Strong(_) | Piece::Url(_) | Piece::Code(_) => None,
    });
    words.collect()
}

#[tokio::test]
async fn somebody_elses_text_is_never_among_our_own_words() {
    let world = World::of(Role::Agent).await;
    for (nth, name) in NAMES.iter().enumerate() {
        let email = format!("hostile{nth}@example.com");
        let contact = world.contact(name, &email, None, &["founders-circle"]).await;
        world.settle().await;
        let known = magiclink_domain::value::Name::parse(name).unwrap().to_string();
        for text in
            [email.clone(), format!("status {contact}"), format!("\"{name} x y z\""), format!("{email} to \"{name}\"")]
        {
            let Reply::Answer(answer) = world.type_in(&text).await else { panic!("{text}") };
            assert!(!ours(&answer).contains(&known), "{name} in {answer:?}");
        }
        let Reply::Answer(answer) = world.type_in(&email).await else { panic!("{email}") };
        let strong = |piece: &Piece| matches!(piece, Piece::Strong(text) if *text == known);
        assert!(answer.lines.iter().flat_map(|line| &line.0).any(strong), "{name} is shown as it is: {answer:?}");
    }
}
