//! Whoever reads at an address that a contact had learns that it was changed.

use magiclink_domain::contact::DetailsChange;
use magiclink_domain::id::ContactId;
use magiclink_domain::ports::SandboxInbox;
use magiclink_domain::value::{EmailAddress, PhoneNumber};
use magiclink_projections::HistoryFilter;

use crate::house::House;

async fn change(house: &House, contact: ContactId, change: DetailsChange) {
    house.use_cases().change_contact(&house.system(), contact, change).await.unwrap();
}

async fn told(house: &House, contact: ContactId) -> Vec<&'static str> {
    let items = house.read_models.history(&HistoryFilter::of(contact), None, 10).await.unwrap().items;
    items.iter().map(|item| item.kind.as_str()).collect()
}

#[tokio::test]
async fn a_changed_mailbox_gets_a_notice_in_which_the_new_one_is_not_named() {
    let house = House::new().await;
    let ana = house.ana().await;
    let new = EmailAddress::parse("ana@elsewhere.example").unwrap();
    change(&house, ana, DetailsChange { email: Some(Some(new)), ..DetailsChange::default() }).await;
    house.notified().await;
    house.notified().await;
    let mails = house.sandbox.mails();
    assert_eq!((mails.len(), mails[0].to.as_str(), house.sandbox.texts().len()), (1, "ana@example.com", 0));
    let subject = "Your e-mail address for Client portal was changed";
    assert!(
        mails[0].headers.iter().any(|(name, value)| name == "Subject" && value == subject),
        "{:?}",
        mails[0].headers
    );
    let html = mails[0].html.clone().unwrap();
    let raw = String::from_utf8_lossy(&mails[0].raw).into_owned();
    for words in [&mails[0].text, &html, &raw] {
        assert!(words.contains("On 1 May 2026 your e-mail address for Client portal was changed."), "{words}");
        assert!(!words.contains("elsewhere") && !words.contains("/m/"), "{words}");
    }
    assert_eq!(told(&house, ana).await, ["notice_sent", "admissions_renewed"]);
}

#[tokio::test]
async fn a_removed_number_gets_a_notice_by_text_message() {
    let house = House::new().await;
    let ana = house.ana().await;
    change(&house, ana, DetailsChange { phone: Some(None), ..DetailsChange::default() }).await;
    house.notified().await;
    let texts = house.sandbox.texts();
    assert_eq!((texts.len(), texts[0].phone.as_str(), house.sandbox.mails().len()), (1, "+14155550100", 0));
    let said = "Client portal: your phone number was changed on 1 May 2026. Old links and sessions ended. Not you? \
                Ask whoever invited you";
    assert_eq!(texts[0].text, said);
    assert_eq!(told(&house, ana).await, ["notice_sent", "admissions_renewed"]);
}

#[tokio::test]
async fn a_first_number_and_another_name_are_no_news_to_anybody() {
    let house = House::new().await;
    house.ana().await;
    let ben = house.ben().await;
    let phone = PhoneNumber::parse("+14155550155", None).unwrap();
    change(&house, ben, DetailsChange { phone: Some(Some(phone)), ..DetailsChange::default() }).await;
    house.notified().await;
    assert_eq!((house.sandbox.mails().len(), house.sandbox.texts().len()), (0, 0));
}
