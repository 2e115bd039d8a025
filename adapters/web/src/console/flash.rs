//! What the page after a form says has been done.
//!
//! Apart from the pages because the word travels in the address: only these fixed ones are ever shown.

macro_rules! flashes {
    ($($name:ident = $id:literal, $words:literal);+ $(;)?) => {
        /// What was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Flash {
            $($name),+
        }

        impl Flash {
            const ALL: &'static [Self] = &[$(Self::$name),+];

            /// As it travels.
            pub(super) const fn id(self) -> &'static str {
                match self { $(Self::$name => $id),+ }
            }

            /// As it is shown.
            pub(super) const fn words(self) -> &'static str {
                match self { $(Self::$name => $words),+ }
            }
        }
    };
}

flashes! {
    ContactAdded = "contact-added", "The contact was added. Grant a course or group to let them into the portal.";
    DetailsChanged = "details-changed", "The details were saved.";
    Granted = "granted", "Access was granted.";
    UntilChanged = "until-changed", "The end of the access was changed.";
    Ungranted = "ungranted", "Access was removed.";
    AllUngranted = "all-ungranted", "All access was removed: the contact is out of the portal.";
    Undone = "undone", "Undone. Links and sessions that ended with the access stay ended: make a new link.";
    SessionEnded = "session-ended", "That browser was signed out.";
    SignedOut = "signed-out", "Every session was ended, and every link made until now is dead.";
    Erased = "erased", "The contact was erased. The history stays, without the person.";
    LinkRevoked = "link-revoked", "The link was revoked.";
    LinkSent = "link-sent", "The link is on its way.";
    SentAgain = "sent-again", "The delivery is tried again.";
    BulkStarted = "bulk-started", "It has begun. This page follows it; you need not stay.";
    BulkPaused = "bulk-paused", "Paused. Nobody else is written to until somebody resumes.";
    BulkResumed = "bulk-resumed", "It goes on.";
    BulkStopped = "bulk-stopped", "Stopped. Who had no turn gets no message.";
    OfferingAdded = "offering-added", "The offering was added.";
    OfferingChanged = "offering-changed", "The offering was changed.";
    OfferingArchived = "offering-archived", "The offering was archived: it takes no new grants, and those it has stay.";
    StaffAdded = "staff-added", "The staff member was added. Make a sign-in link for them, or let them ask for one on the sign-in page.";
    RoleChanged = "role-changed", "The role was changed; it counts from the next click on.";
    StaffRemoved = "staff-removed", "The staff member was removed. Their sessions and API tokens ended.";
    TokenRevoked = "token-revoked", "The API token was revoked.";
    ChatDisconnected = "chat-disconnected", "Disconnected: nothing that this chat user types does anything any more.";
    WordsChanged = "words-changed", "The words were saved: messages have them from now on.";
    WordsRestored = "words-restored", "Your words are no longer used.";
    TestSent = "test-sent", "The test message is on its way.";
    Stopped = "stopped", "Stopped. It stays so on every node until somebody resumes.";
    Resumed = "resumed", "Resumed: links can be made and used again.";
    Named = "named", "Welcome. From now on you can also sign in with your e-mail address.";
}

impl Flash {
    /// The one that a query string names.
    pub(super) fn of_query(query: &str) -> Option<Self> {
        let id = query.split('&').find_map(|pair| pair.strip_prefix("done="))?;
        Self::ALL.iter().copied().find(|flash| flash.id() == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fixed_words_are_shown() {
        assert_eq!(Flash::of_query("q=x&done=granted"), Some(Flash::Granted));
        for query in ["", "done=", "done=<script>", "xdone=granted", "done=granted2"] {
            assert_eq!(Flash::of_query(query), None, "{query}");
        }
    }

    #[test]
    fn each_has_an_id_of_its_own() {
        let mut ids: Vec<_> = Flash::ALL.iter().map(|flash| flash.id()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), Flash::ALL.len());
    }
}
