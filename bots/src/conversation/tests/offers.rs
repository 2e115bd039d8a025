//! What is offered where something is missing: a contact, a grant, a picture.

use magiclink_domain::authority::{Reveal, Role};
use magiclink_domain::team::{ChatPlatform, ChatUser};
use magiclink_domain::usecases::Policy;

use super::shown;
use super::world::{World, act, both, kim, turn};
use crate::conversation::picture::png;
use crate::conversation::{Act, Answer, Entered, Field, Form, Reply};

async fn form(world: &World, answer: &Answer, label: &str) -> Form {
    let reply = world.talk.pressed(&turn(&kim(), "press"), &act(answer, label), None).await;
    let Reply::Form(form) = reply else { panic!("{label} answered {reply:?}") };
    form
}

fn in_field<'a>(form: &'a Form, key: &str) -> &'a str {
    &form.fields.iter().find(|field| field.key == key).unwrap().value
}

fn entered(name: &str, email: &str, phone: &str) -> Entered {
    Entered { name: name.to_owned(), email: email.to_owned(), phone: phone.to_owned() }
}

async fn submit(world: &World, form: &Form, entered: &Entered, key: &str) -> Answer {
    let reply = world.talk.entered(&turn(&kim(), key), &form.act, entered).await;
    let Reply::Answer(answer) = reply else { panic!("the form answered {reply:?}") };
    answer
}

#[tokio::test]
async fn whoever_is_not_found_is_added_by_a_form_and_what_was_asked_goes_on() {
    let world = World::of(Role::Agent).await;
    let nobody = world.answer("bo@example.com email 7d to founders-circle").await;
    let form = form(&world, &nobody, "Add a contact").await;
    assert_eq!((in_field(&form, Field::NAME), in_field(&form, Field::EMAIL)), ("", "bo@example.com"));
    let bo = entered("Bo Berg", "bo@example.com", "");
    let added = submit(&world, &form, &bo, "view1").await;
    assert_eq!(added, submit(&world, &form, &bo, "view1").await, "sent twice, added once");
    assert_eq!(world.count("link.issued.v1").await, 0, "nothing is granted unasked");
    let made = world.press(&added, "Grant Founders Circle and make the link").await;
    let made = shown(&Reply::Answer(made));
    assert!(made.contains("E-mail to bo@example.com") && made.contains("8 May 2026"), "{made}");
    assert_eq!((world.count("contact.added.v1").await, world.count("link.issued.v1").await), (5, 1));
}

#[tokio::test]
async fn what_was_typed_is_in_the_form_already() {
    let world = World::of(Role::Agent).await;
    for (typed, name, email, phone) in [
        ("bo berg sms", "bo berg", "", ""),
        ("\"Bo <!channel> Berg\"", "Bo <!channel> Berg", "", ""),
        ("\"Bo <@&1> @everyone\"", "Bo <@&1> @everyone", "", ""),
        ("bo@", "", "bo@", ""),
        ("+14155550177", "", "", "+14155550177"),
    ] {
        let form = form(&world, &world.answer(typed).await, "Add a contact").await;
        let fields = [Field::NAME, Field::EMAIL, Field::PHONE].map(|key| in_field(&form, key).to_owned());
        assert_eq!(fields, [name, email, phone], "{typed}");
    }
    let near = world.answer("rebeca francsi").await;
    assert_eq!(in_field(&form(&world, &near, "Add a contact").await, Field::NAME), "rebeca francsi");
    let status = world.answer("status nobody at all").await;
    assert_eq!(in_field(&form(&world, &status, "Add a contact").await, Field::NAME), "nobody at all");
}

#[tokio::test]
async fn what_the_form_got_wrong_waits_in_the_next_one() {
    let world = World::of(Role::Agent).await;
    let first = form(&world, &world.answer("bo berg email").await, "Add a contact").await;
    for (wrong, key) in
        [(entered("Bo Berg", "bo@", ""), "1"), (entered("Bo Berg", "", "12"), "2"), (entered("Bo Berg", "", ""), "3")]
    {
        let refused = submit(&world, &first, &wrong, key).await;
        let again = form(&world, &refused, "Correct it").await;
        assert_eq!(in_field(&again, Field::NAME), "Bo Berg", "{wrong:?}");
        assert_eq!(in_field(&again, Field::EMAIL), wrong.email);
        assert_eq!(in_field(&again, Field::PHONE), wrong.phone);
    }
    assert_eq!(world.count("contact.added.v1").await, 4);
}

#[tokio::test]
async fn whoever_may_not_add_is_not_offered_it_and_is_refused() {
    let world = World::of(Role::Auditor).await;
    let nobody = shown(&world.type_in("status nobody at all").await);
    assert!(nobody.contains("ask an owner or agent") && !nobody.contains("Add a contact"), "{nobody}");
    let add = Act::Add { turn: world.system().command };
    let stranger = ChatUser::parse(ChatPlatform::Slack, "T1", "U7").unwrap();
    for (user, says) in [(kim(), "does not allow"), (stranger, "is not connected")] {
        let pressed = shown(&world.talk.pressed(&turn(&user, "x"), &add, None).await);
        let bo = entered("Bo Berg", "bo@example.com", "");
        let entered = shown(&world.talk.entered(&turn(&user, "y"), &add, &bo).await);
        let typed = shown(&world.talk.typed(&turn(&user, "z"), "add").await);
        for answer in [pressed, entered, typed] {
            assert!(answer.contains(says), "{answer}");
        }
    }
    assert_eq!(world.count("contact.added.v1").await, 4);
}

#[tokio::test]
async fn a_qr_code_is_the_link_itself_and_each_showing_is_noted() {
    let world = World::of(Role::Agent).await;
    let made = world.answer("ana@example.com").await;
    let url = made.secrets().unwrap().url;
    for times in 1..=2 {
        let pressed = turn(&kim(), &format!("press{times}"));
        let Reply::Picture(picture) = world.talk.pressed(&pressed, &act(&made, "QR code"), None).await else {
            panic!("no picture")
        };
        assert_eq!(Some(&picture.png), png(&url).as_ref());
        assert!(picture.page.starts_with("http://localhost:8080/console/links/"), "{}", picture.page);
        assert_eq!(world.count("link.revealed.v1").await, 1 + times, "beside the answer's own");
    }
    world.redeem(made.follows.unwrap()).await;
    let late = shown(&world.talk.pressed(&turn(&kim(), "late"), &act(&made, "QR code"), None).await);
    assert!(!late.contains("Picture"), "{late}");
}

#[tokio::test]
async fn where_links_are_not_shown_no_qr_code_is() {
    for policy in [Policy { reveal_in_chat: false, ..both() }, Policy { reveal: Reveal::Owner, ..both() }] {
        let world = World::with(Role::Agent, policy).await;
        let made = world.answer("ana@example.com").await;
        assert!(!shown(&Reply::Answer(made.clone())).contains("QR code"), "{made:?}");
        let qr = Act::Qr { turn: world.system().command, link: made.follows.unwrap() };
        let refused = shown(&world.talk.pressed(&turn(&kim(), "x"), &qr, None).await);
        assert!(!refused.contains("Picture"), "{refused}");
        assert_eq!(world.count("link.revealed.v1").await, 0);
    }
}
