//! The contract of [`Sender`](magiclink_domain::ports::Sender), checked on every sender.
//!
//! Apart from unit tests because it knows the port alone: another sender joins by adding a place and one line below.

#[cfg(test)]
mod description;
#[cfg(test)]
mod outcomes;
#[cfg(test)]
mod places;
#[cfg(test)]
mod scripted;
#[cfg(test)]
mod sender;

/// The contract's tests, for every sender named.
macro_rules! contract {
    ($($place:ident = $make:expr),+; $rules:tt) => {
        $(contract!(@ $place $make; $rules);)+
    };
    (@ $place:ident $make:expr; { $($rule:ident,)+ }) => {
        #[cfg(test)]
        mod $place {
            use super::{places, sender};
            $(
                #[tokio::test]
                async fn $rule() {
                    sender::$rule(&$make.await).await;
                }
            )+
        }
    };
}

contract! {
    twilio = places::ByTwilio::new(), mailbox = places::ByMail::new(); {
        what_is_sent_arrives_unchanged_and_once_per_attempt,
        it_serves_its_channel,
        a_delivery_is_found_by_its_id_and_no_other_is,
        everything_sent_at_once_arrives,
        it_can_be_checked_without_sending_anything,
    }
}
