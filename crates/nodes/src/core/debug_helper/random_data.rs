//! Made-up people, addresses and identifiers. None of them is meant to exist.

use std::fmt::Write as _;
use std::hash::Hasher as _;

use itemflow_model::Value;

use crate::host::Random;

const FIRST_NAMES: &[&str] = &[
    "Ada", "Amir", "Bea", "Carl", "Dina", "Emil", "Fatou", "Goran", "Hana", "Igor", "Jun", "Kofi",
    "Lena", "Mateo", "Nadia", "Otto", "Paula", "Rosa", "Sven", "Tara", "Uma", "Vito", "Wanda",
    "Yara",
];
const LAST_NAMES: &[&str] = &[
    "Abel", "Bianchi", "Costa", "Diallo", "Eriksen", "Fischer", "Garcia", "Haas", "Ito", "Jansen",
    "Kowalski", "Lopez", "Mensah", "Novak", "Okafor", "Petrov", "Quist", "Rossi", "Singh",
    "Tanaka", "Urban", "Vogel", "Weber", "Zhang",
];
const STREETS: &[&str] = &[
    "Acorn Road",
    "Birch Lane",
    "Canal Street",
    "Dock Road",
    "Elm Street",
    "Fern Close",
    "Garden Row",
    "Harbour View",
    "Ivy Lane",
    "Juniper Way",
    "King Street",
    "Linden Avenue",
    "Market Square",
    "North Road",
    "Orchard Way",
];
const PLACES: &[(&str, &str, &str)] = &[
    ("Amberfield", "Westmark", "Germany"),
    ("Bellacqua", "Collina", "Italy"),
    ("Clairmont", "Hautrive", "France"),
    ("Dunmore", "Northvale", "Ireland"),
    ("Eastbrook", "Lakeland", "Canada"),
    ("Fairhaven", "Red Plains", "Australia"),
    ("Glenwood", "Clearwater", "United States"),
    ("Hvidby", "Sandsogn", "Denmark"),
];
const WORDS: &[&str] = &[
    "amber", "brook", "cedar", "delta", "ember", "flint", "grove", "haven", "iris", "jade",
    "knoll", "lotus", "maple", "north", "ocean", "pine",
];
const DOMAINS: &[&str] = &["example.com", "example.net", "example.org"];

/// What is made up.
pub(super) enum Kind {
    Address,
    LatLong,
    CreditCard,
    Email,
    Ipv4,
    Ipv6,
    MacAddress,
    NanoId(NanoId),
    Url,
    User,
    Uuid,
    Semver,
}

/// A text of characters of an alphabet.
pub(super) struct NanoId {
    /// At least one character.
    pub(super) alphabet: Vec<char>,
    pub(super) length: usize,
}

/// Where chance comes from: the host, or a seed that gives the same series every time.
pub(super) enum Chance<'a> {
    Host(&'a dyn Random),
    Seed(u64),
}

impl<'a> Chance<'a> {
    pub(super) fn of_host(random: &'a dyn Random) -> Self {
        Self::Host(random)
    }

    pub(super) fn seeded(seed: &str) -> Self {
        let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
        hasher.write(seed.as_bytes());
        Self::Seed(hasher.finish())
    }

    /// A number below `limit`.
    fn below(&mut self, limit: usize) -> usize {
        let fraction = match self {
            Self::Host(random) => random.next(),
            Self::Seed(state) => (split_mix(state) >> 11) as f64 / (1_u64 << 53) as f64,
        };
        ((fraction * limit as f64) as usize).min(limit.saturating_sub(1))
    }

    fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count)
            .map(|_| self.pick(b"0123456789") as char)
            .collect()
    }

    fn hex(&mut self, count: usize) -> String {
        (0..count)
            .map(|_| self.pick(b"0123456789abcdef") as char)
            .collect()
    }
}

/// A hash that is the same in every build, as seeds must be (FNV-1a).
struct Fnv(u64);

impl std::hash::Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// The next number of the SplitMix64 series.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

impl Kind {
    /// The kind of this name; `nanoid` needs to know more.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "address" => Self::Address,
            "latLong" => Self::LatLong,
            "creditCard" => Self::CreditCard,
            "email" => Self::Email,
            "ipv4" => Self::Ipv4,
            "ipv6" => Self::Ipv6,
            "macAddress" => Self::MacAddress,
            "url" => Self::Url,
            "user" => Self::User,
            "uuid" => Self::Uuid,
            "semver" => Self::Semver,
            _ => return None,
        })
    }

    /// One object of made-up data.
    pub(super) fn make(&self, chance: &mut Chance<'_>) -> Value {
        match self {
            Self::Address => address(chance),
            Self::LatLong => {
                let mut degrees = |limit: i64| {
                    chance.below(limit as usize * 2_000_000) as f64 / 1e6 - limit as f64
                };
                let (latitude, longitude) = (degrees(90), degrees(180));
                text("location", format!("{latitude:.6}, {longitude:.6}"))
            }
            Self::CreditCard => credit_card(chance),
            Self::Email => Value::from([
                ("email", Value::from(email(&name(chance), chance))),
                ("confirmed", Value::from(chance.below(2) == 1)),
            ]),
            Self::Ipv4 => {
                let parts: Vec<String> = (0..4)
                    .map(|_| (chance.below(254) + 1).to_string())
                    .collect();
                text("ip", parts.join("."))
            }
            Self::Ipv6 => {
                let parts: Vec<String> = (0..8).map(|_| chance.hex(4)).collect();
                text("ipv6", parts.join(":"))
            }
            Self::MacAddress => {
                let parts: Vec<String> = (0..6).map(|_| chance.hex(2)).collect();
                text("mac", parts.join(":"))
            }
            Self::NanoId(NanoId { alphabet, length }) => {
                let id: String = (0..*length).map(|_| chance.pick(alphabet)).collect();
                Value::from([
                    ("nanoId", Value::from(id)),
                    ("length", Value::from(*length)),
                ])
            }
            Self::Url => {
                let (word, domain) = (chance.pick(WORDS), chance.pick(DOMAINS));
                text(
                    "url",
                    format!("https://{word}.{domain}/{}", chance.pick(WORDS)),
                )
            }
            Self::User => user(chance),
            Self::Uuid => text("uuid", uuid(chance)),
            Self::Semver => {
                let parts: Vec<String> = (0..3).map(|_| chance.below(20).to_string()).collect();
                text("version", parts.join("."))
            }
        }
    }
}

fn text(key: &str, value: String) -> Value {
    Value::from([(key, value)])
}

fn name(chance: &mut Chance<'_>) -> (&'static str, &'static str) {
    (chance.pick(FIRST_NAMES), chance.pick(LAST_NAMES))
}

fn email((first, last): &(&str, &str), chance: &mut Chance<'_>) -> String {
    let number = chance.below(100);
    let domain = chance.pick(DOMAINS);
    format!("{first}.{last}{number}@{domain}").to_lowercase()
}

fn address(chance: &mut Chance<'_>) -> Value {
    let (first, last) = name(chance);
    let (city, state, country) = chance.pick(PLACES);
    let street = format!("{} {}", chance.below(200) + 1, chance.pick(STREETS));
    Value::from([
        ("firstname", Value::from(first)),
        ("lastname", Value::from(last)),
        ("street", Value::from(street)),
        ("city", Value::from(city)),
        ("zip", Value::from(chance.digits(5))),
        ("state", Value::from(state)),
        ("country", Value::from(country)),
    ])
}

fn user(chance: &mut Chance<'_>) -> Value {
    let name = name(chance);
    Value::from([
        ("uid", Value::from(uuid(chance))),
        ("email", Value::from(email(&name, chance))),
        ("firstname", Value::from(name.0)),
        ("lastname", Value::from(name.1)),
        (
            "password",
            Value::from(format!("{}-{}", chance.pick(WORDS), chance.hex(8))),
        ),
    ])
}

fn credit_card(chance: &mut Chance<'_>) -> Value {
    let (kind, prefix) = chance.pick(&[("Visa", "4"), ("MasterCard", "51"), ("Discover", "6011")]);
    let mut number = prefix.to_owned() + &chance.digits(15 - prefix.len());
    let _ = write!(number, "{}", check_digit(&number));
    let (first, last) = name(chance);
    Value::from([
        ("type", Value::from(kind)),
        ("number", Value::from(number)),
        ("ccv", Value::from(chance.digits(3))),
        (
            "exp",
            Value::from(format!(
                "{:02}/{}",
                chance.below(12) + 1,
                30 + chance.below(10)
            )),
        ),
        ("holder_name", Value::from(format!("{first} {last}"))),
    ])
}

/// The last digit of a card number (Luhn).
fn check_digit(digits: &str) -> u32 {
    let doubled = |(i, digit): (usize, char)| {
        let digit = digit.to_digit(10).unwrap_or(0) * if i % 2 == 0 { 2 } else { 1 };
        digit / 10 + digit % 10
    };
    let sum: u32 = digits.chars().rev().enumerate().map(doubled).sum();
    (10 - sum % 10) % 10
}

/// A version 4 UUID.
fn uuid(chance: &mut Chance<'_>) -> String {
    let variant = chance.pick(b"89ab") as char;
    format!(
        "{}-{}-4{}-{variant}{}-{}",
        chance.hex(8),
        chance.hex(4),
        chance.hex(3),
        chance.hex(3),
        chance.hex(12)
    )
}
