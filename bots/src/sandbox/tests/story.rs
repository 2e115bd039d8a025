//! What a newcomer does, in either room.

use magiclink_domain::authority::Role;
use magiclink_domain::ports::{ChatAct, ChatFieldKind, ChatLook, ChatRoom, SandboxChat};
use magiclink_domain::team::ChatPlatform;
use tokio_util::sync::CancellationToken;

use super::house::{House, SLACK, first_button, read, said, submit, value};

#[tokio::test]
async fn whoever_is_not_connected_types_a_code_first() {
    for here in ChatPlatform::ALL {
        let house = House::new(here).await;
        house.types("ana@example.com", "is not connected with a staff member").await;
        let code = house.world.code(house.world.staff("Bo Berg", Role::Agent).await).await;
        house.types(&format!("connect {code}"), "here you are now Bo Berg (agent)").await;
        house.types("ana@example.com", "Magic link for Ana Lima").await;
        let others = house.sandbox.rooms().into_iter().filter(|room| room.person.platform != here);
        assert!(others.into_iter().all(|room| room.messages.is_empty()), "the other room heard nothing");
    }
}

#[tokio::test]
async fn commands_buttons_menus_and_edits_are_those_of_the_real_adapter() {
    for here in ChatPlatform::ALL {
        let house = House::connected(here).await;
        let made = house.types("ana@example.com", "Magic link for Ana Lima").await;
        let of = match here {
            ChatPlatform::Slack => "replace_original",
            ChatPlatform::Discord => "allowed_mentions",
        };
        assert!(read(&made).contains("http://localhost:8080/m/") && made.raw.contains(of), "{made:#?}");
        let sent = house.presses(&made, "Send SMS", "SMS to +14155550100").await;
        assert_eq!((sent.nth, sent.edits), (made.nth, 1), "in the same message");
        let asks = house.types("ana", "Several contacts are found").await;
        house.presses(&asks, "Ána María López", "Magic link for Ána María López").await;
        let stop = CancellationToken::new();
        let telling = tokio::spawn(house.telling(stop.clone()));
        let link = crate::conversation::Act::decode(&value(&sent, "Revoke")).unwrap();
        let crate::conversation::Act::Revoke { link, .. } = link else { panic!("{link:?}") };
        house.world.redeem(link).await;
        let told = house.until(|room| said(room, "Signed in at 14:00.")).await;
        assert_eq!((told.nth, told.edits), (made.nth, 2), "{here}");
        stop.cancel();
        telling.await.unwrap();
    }
}

#[tokio::test]
async fn slacks_dialog_searches_and_makes_a_link() {
    let house = House::connected(SLACK).await;
    let dialog = house.act(ChatAct::Type(String::new()), |room| room.dialog.clone()).await;
    assert_eq!((dialog.title.as_str(), dialog.submit.as_str()), ("Magic link", "Make the link"));
    let reason = vec![("reason".to_owned(), "she moved".to_owned())];
    let search = ChatAct::Search { typed: "an".to_owned(), fields: reason };
    let offered = |room: &ChatRoom| {
        let fields = &room.dialog.as_ref()?.fields;
        assert_eq!(fields.iter().find(|field| field.key == "reason")?.value, "she moved", "what was typed is kept");
        let ChatFieldKind::Search(options) = &fields.first()?.kind else { return None };
        options.first().cloned()
    };
    let ana = house.act(search, offered).await;
    assert_eq!(ana.label, "Ana Lima");
    let filled = [
        ("contact", ana.value.as_str()),
        ("destination", "home"),
        ("lifetime", "7d"),
        ("channel", "email"),
        ("reason", ""),
    ];
    let made = house.act(submit(&filled), |room| said(room, "E-mail to ana@example.com")).await;
    assert!(read(&made).contains("until 8 May 2026"), "{}", read(&made));
    assert_eq!(house.room().dialog, None, "it closed");
}

#[tokio::test]
async fn whoever_is_not_found_is_added_by_a_form_that_a_button_opens() {
    for here in ChatPlatform::ALL {
        let house = House::connected(here).await;
        let nobody = house.types("Bob Newman bob@example.com", "Nobody is found").await;
        let add = ChatAct::Press { nth: nobody.nth, value: first_button(&nobody) };
        let form = house.act(add, |room| room.dialog.clone()).await;
        let filled: Vec<_> = form.fields.iter().map(|field| (field.key.as_str(), field.value.as_str())).collect();
        assert!(filled.contains(&("email", "bob@example.com")), "{here}: {filled:?}");
        house.act(submit(&filled), |room| said(room, "Added Bob Newman")).await;
    }
}

#[tokio::test]
async fn a_hostile_name_pings_and_formats_nothing() {
    let name = "<@1003> **bold** `code` [x](http://evil.example) <!channel>";
    for here in ChatPlatform::ALL {
        let house = House::connected(here).await;
        house.world.contact(name, "hostile@example.com", None, &["founders-circle"]).await;
        house.world.settle().await;
        let made = house.types("hostile@example.com", "Magic link for").await;
        let shown = made.lines[0].iter().find(|piece| piece.text.contains("1003")).expect("the name");
        assert_eq!((shown.text.as_str(), shown.look), (name, ChatLook::Strong), "{here}: {:#?}", made.lines);
    }
}

#[tokio::test]
async fn a_qr_code_is_a_picture_in_a_message_of_its_own() {
    for here in ChatPlatform::ALL {
        let house = House::connected(here).await;
        let made = house.types("ana@example.com", "Magic link for Ana Lima").await;
        let press = ChatAct::Press { nth: made.nth, value: value(&made, "QR code") };
        let picture = |room: &ChatRoom| room.messages.iter().find(|message| message.picture.is_some()).cloned();
        let shown = house.act(press, picture).await;
        assert!(shown.nth != made.nth && shown.edits == 0 && shown.picture.unwrap().starts_with(b"\x89PNG"), "{here}");
        assert_eq!(shown.direct, here == SLACK, "Slack shows files in channels to everybody");
    }
}
