//! The contracts of the ports, checked on every implementation.
//!
//! Apart from unit tests because they know the ports alone: another store joins by adding a place and one line below.

#[cfg(test)]
mod budgets;
#[cfg(test)]
mod log;
#[cfg(test)]
mod places;
#[cfg(test)]
mod short_lived;
#[cfg(test)]
mod vault;

use places::{InMemory, InSqlite};

/// The tests of a contract, for every implementation named.
macro_rules! contract {
    ($port:ident: $($place:ident = $make:expr),+; $rules:tt) => {
        $(contract!(@ $port $place $make; $rules);)+
    };
    (@ $port:ident $place:ident $make:expr; { $($rule:ident,)+ }) => {
        mod $place {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $rule() {
                    $port::$rule(&$make).await;
                }
            )+
        }
    };
}

mod event_stores {
    use super::{InMemory, InSqlite, log};
    contract! {
        log: memory = InMemory::new(), sqlite = InSqlite::new(), sqlite_forgetful = InSqlite::forgetful(); {
        an_append_succeeds_only_if_the_stream_is_as_expected,
        a_retry_gets_the_first_answer_and_writes_nothing,
        a_retry_of_a_part_gets_an_answer_of_that_part,
        an_overlap_with_other_events_is_a_conflict,
        one_of_many_racing_writers_wins,
        a_reader_who_remembers_its_position_misses_nothing,
        a_stream_is_read_in_pages,
        the_log_is_read_in_pages,
        an_empty_log_answers_everything,
        bytes_come_back_unchanged,
        the_limits_hold_on_both_sides,
        waiting_ends_when_something_lies_beyond,
        waiting_ends_in_time,
        everything_is_there_after_a_restart,
        retries_are_recognised_after_a_restart,
        versions_beyond_any_number_are_conflicts,
        recorded_at_is_the_clocks,
        }
    }
}

mod vaults {
    use super::{InMemory, InSqlite, vault};
    contract! {
        vault: memory = InMemory::new(), sqlite = InSqlite::new(); {
        the_same_subject_gets_the_same_key,
        different_subjects_get_different_keys,
        keys_are_found_for_those_who_have_one,
        a_destroyed_key_is_gone_for_ever,
        destroying_again_is_harmless,
        a_subject_destroyed_before_its_first_key_never_gets_one,
        many_creations_at_once_agree,
        keys_outlive_a_restart,
        keys_of_very_many_subjects,
        }
    }
}

mod budget_stores {
    use super::{InMemory, InSqlite, budgets};
    contract! {
        budgets: memory = InMemory::new(), sqlite = InSqlite::new(); {
        a_budget_gives_so_many_takes_and_no_more,
        a_new_window_gives_anew,
        keys_do_not_share_a_budget,
        an_exhausted_limit_takes_from_no_other,
        the_fullest_window_says_when_to_come_back,
        no_limits_no_end,
        concurrent_takes_never_exceed_a_limit,
        a_clock_that_goes_back_gives_nothing_anew,
        the_strictest_of_limits_with_the_same_window_counts,
        takes_outlive_a_restart,
        }
    }
}

mod short_lived_stores {
    use super::{InMemory, InSqlite, short_lived};
    contract! {
        short_lived: memory = InMemory::new(), sqlite = InSqlite::new(); {
        a_mark_is_set_once_until_its_end,
        a_refused_mark_does_not_live_longer,
        one_of_many_sets_a_mark,
        a_parcel_lies_there_until_its_end,
        a_parcel_put_again_is_the_newer_one,
        one_of_many_takes_a_parcel,
        parcels_are_listed_by_the_beginning_of_their_key,
        marks_and_parcels_outlive_a_restart,
        what_lies_in_the_file_tells_nothing,
        one_of_many_holds_a_lease_and_goes_on_holding_it,
        a_lease_that_ran_out_is_anybodys,
        whoever_lets_go_hands_over_at_once,
        leases_outlive_a_restart,
        }
    }
}
