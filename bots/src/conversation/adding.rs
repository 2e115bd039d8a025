//! Adding a contact: from the command, or by a form where nobody was found; what was wished goes on with them.
//!
//! Apart from making links because a contact comes first.

use magiclink_domain::authority::Act as Right;
use magiclink_domain::id::{CommandId, LinkId};
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::{Failure, NewContact};
use magiclink_domain::value::{EmailAddress, Name, PhoneNumber};

use super::act::Act;
use super::answer::{Answer, Look, Reply};
use super::form::{Entered, Field, Form};
use super::making::BUTTONS_WORK;
use super::parse::{Newcomer, Wish};
use super::picture::{self, Picture};
use super::talk::{Asking, Conversation};
use super::{refusals, says};

/// Characters of a name or address that a field takes.
const MOST_NAME: u16 = 200;
/// Characters of a phone number that a field takes.
const MOST_PHONE: u16 = 40;

impl Conversation {
    /// Adds the contact of a command, or asks for what it lacks.
    pub(super) async fn add(&self, asking: &Asking, new: Newcomer) -> Result<Reply, Failure> {
        if !asking.may(Right::ManageContacts) {
            return Err(Rejection::Forbidden.into());
        }
        if !new.is_complete() {
            self.keep_wish(asking, &Wish::default()).await?;
            return Ok(Reply::Form(form(new, asking.turn())));
        }
        let contact = details(&new).map_err(Failure::Rejected)?;
        self.add_and_go_on(asking, contact, Wish::default()).await.map(Reply::Answer)
    }

    /// The form that adds whoever was not found.
    pub(super) async fn form(&self, asking: &Asking, wished: CommandId) -> Result<Reply, Failure> {
        if !asking.may(Right::ManageContacts) {
            return Err(Rejection::Forbidden.into());
        }
        let Some(wish) = self.kept_wish(asking, wished).await? else { return Ok(Reply::Answer(says::too_old())) };
        let new = self.mistaken(wished).await?.unwrap_or_else(|| meant(&wish.who));
        Ok(Reply::Form(form(new, asking.turn())))
    }

    /// Adds the contact of a form, and goes on with what was wished.
    pub(super) async fn add_entered(
        &self, asking: &Asking, wished: CommandId, entered: &Entered,
    ) -> Result<Answer, Failure> {
        // Whoever lost the right since the form was opened learns that, and nothing of what was entered.
        if !asking.may(Right::ManageContacts) {
            return Err(Rejection::Forbidden.into());
        }
        let Some(wish) = self.kept_wish(asking, wished).await? else { return Ok(says::too_old()) };
        let typed = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let new = Newcomer { name: entered.name.clone(), email: typed(&entered.email), phone: typed(&entered.phone) };
        let added = match details(&new) {
            Ok(contact) => self.add_and_go_on(asking, contact, wish).await,
            Err(rejection) => Err(rejection.into()),
        };
        match added {
            Err(Failure::Rejected(rejection)) => {
                self.keep_mistaken(asking.turn(), entered).await?;
                let again = Act::Add { turn: asking.turn() };
                Ok(refusals::of_rule(&rejection).button("Correct it", Look::Primary, again))
            }
            added => added,
        }
    }

    /// Keeps what was typed, field by field, for the form that corrects it.
    async fn keep_mistaken(&self, turn: CommandId, entered: &Entered) -> Result<(), Failure> {
        let ports = self.use_cases.ports();
        let fields = serde_json::to_vec(&[&entered.name, &entered.email, &entered.phone]).unwrap_or_default();
        Ok(ports.parcels.put(&mistaken_key(turn), &fields, ports.clock.now().plus(BUTTONS_WORK)).await?)
    }

    async fn mistaken(&self, turn: CommandId) -> Result<Option<Newcomer>, Failure> {
        let ports = self.use_cases.ports();
        let Some(bytes) = ports.parcels.look(&mistaken_key(turn), ports.clock.now()).await? else { return Ok(None) };
        let fields = serde_json::from_slice::<[String; 3]>(&bytes).ok();
        Ok(fields.map(|[name, email, phone]| Newcomer { name, email: Some(email), phone: Some(phone) }))
    }

    async fn add_and_go_on(&self, asking: &Asking, new: NewContact, wish: Wish) -> Result<Answer, Failure> {
        let shown = new.name.to_string();
        let done = self.use_cases.add_contact(&asking.caller, new).await?;
        self.passed(done.position).await;
        // Whoever is added sees nothing yet: the link waits for a grant, and the answer offers them.
        self.keep_wish(asking, &wish).await?;
        self.first_grants(asking, &wish, done.value, says::added(&shown)).await
    }

    /// The link as a picture, which is a reveal like any other.
    pub(super) async fn picture(&self, asking: &Asking, link: LinkId) -> Result<Reply, Failure> {
        let done = self.use_cases.reveal_link(&asking.caller, link).await?;
        self.passed(done.position).await;
        let url = done.value.url.ok_or(Rejection::LinkNotLive)?;
        let png = picture::png(&url).ok_or(Rejection::LinkNotLive)?;
        Ok(Reply::Picture(Picture { png, page: self.page(&format!("links/{link}")) }))
    }

    /// Nobody was found: says so, and offers to add them to whoever may. `then` is what happens once they are added.
    pub(super) fn nobody(asking: &Asking, who: &str, then: &str) -> Answer {
        let next = if asking.may(Right::ManageContacts) {
            format!("Check the spelling, or add the contact{then}.")
        } else {
            "Check the spelling, or ask an owner or agent to add the contact.".to_owned()
        };
        offered(says::nobody(who, &next), asking)
    }

    /// Nobody quite was found: whom it may mean, and to whoever may, that it is somebody new.
    pub(super) fn or_add(asking: &Asking, answer: Answer) -> Answer {
        offered(answer, asking)
    }
}

fn offered(answer: Answer, asking: &Asking) -> Answer {
    if asking.may(Right::ManageContacts) {
        answer.button("Add a contact", Look::Plain, Act::Add { turn: asking.turn() })
    } else {
        answer
    }
}

fn mistaken_key(turn: CommandId) -> String {
    format!("chat-form/{turn}")
}

/// Who was asked for: an address where there is one, otherwise a name as it was typed.
fn meant(who: &str) -> Newcomer {
    let new = Newcomer::of(who);
    if new.email.is_none() && new.phone.is_none() {
        Newcomer { name: who.trim().to_owned(), ..Newcomer::default() }
    } else {
        new
    }
}

fn form(new: Newcomer, turn: CommandId) -> Form {
    let field = |key, label, value: String, optional, most: u16| Field {
        key,
        label,
        value: value.chars().take(usize::from(most)).collect(),
        optional,
        most,
    };
    Form {
        title: "Add a contact",
        submit: "Add",
        fields: vec![
            field(Field::NAME, "Name", new.name, false, MOST_NAME),
            field(Field::EMAIL, "E-mail", new.email.unwrap_or_default(), true, MOST_NAME),
            field(Field::PHONE, "Phone, with country code", new.phone.unwrap_or_default(), true, MOST_PHONE),
        ],
        act: Act::Add { turn },
    }
}

fn details(new: &Newcomer) -> Result<NewContact, Rejection> {
    let name = Name::parse(&new.name)?;
    let email = new.email.as_deref().map(EmailAddress::parse).transpose()?;
    let phone = new.phone.as_deref().map(|phone| PhoneNumber::parse(phone, None)).transpose()?;
    Ok(NewContact { name, email, phone, locale: None, external_id: None })
}
