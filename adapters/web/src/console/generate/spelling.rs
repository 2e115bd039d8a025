//! How a code is said on the phone: the spelling alphabet of radio (ITU Radio Regulations, appendix 14).
//!
//! Apart from the page because what is heard must be what is typed.

/// One symbol, and the word to say for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) symbol: char,
    pub(super) word: &'static str,
}

const WORDS: [(char, &str); 32] = [
    ('0', "zero"),
    ('1', "one"),
    ('2', "two"),
    ('3', "three"),
    ('4', "four"),
    ('5', "five"),
    ('6', "six"),
    ('7', "seven"),
    ('8', "eight"),
    ('9', "nine"),
    ('A', "Alfa"),
    ('B', "Bravo"),
    ('C', "Charlie"),
    ('D', "Delta"),
    ('E', "Echo"),
    ('F', "Foxtrot"),
    ('G', "Golf"),
    ('H', "Hotel"),
    ('J', "Juliett"),
    ('K', "Kilo"),
    ('M', "Mike"),
    ('N', "November"),
    ('P', "Papa"),
    ('Q', "Quebec"),
    ('R', "Romeo"),
    ('S', "Sierra"),
    ('T', "Tango"),
    ('V', "Victor"),
    ('W', "Whiskey"),
    ('X', "X-ray"),
    ('Y', "Yankee"),
    ('Z', "Zulu"),
];

/// The words for a code, in order; its hyphen is not said.
pub(super) fn said(code: &str) -> Vec<Said> {
    let word = |symbol: char| WORDS.into_iter().find(|(known, _)| *known == symbol);
    code.chars().filter_map(word).map(|(symbol, word)| Said { symbol, word }).collect()
}

#[cfg(test)]
mod tests {
    use magiclink_domain::keys::Code;

    use super::*;

    #[test]
    fn every_symbol_that_a_code_may_have_is_said() {
        for byte in 0..32 {
            let code = Code::of(&[byte; 32]).expose();
            let said = said(&code);
            assert_eq!(said.len(), 8, "{code}");
            let typed: String = said.iter().map(|one| one.symbol).collect();
            assert_eq!(Code::parse(&typed).unwrap().expose(), code);
        }
    }

    #[test]
    fn no_two_symbols_are_said_alike() {
        let mut words: Vec<_> = WORDS.iter().map(|(_, word)| word.to_lowercase()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), WORDS.len());
        let spelt: Vec<_> = said("K7ZM-0A1B").into_iter().map(|one| one.word).collect();
        assert_eq!(spelt, ["Kilo", "seven", "Zulu", "Mike", "zero", "Alfa", "one", "Bravo"]);
    }
}
