//! Which of the algorithm's tables a category of food belongs to. A category is an English tag such as
//! `en:milk-chocolates`, whose last word says what it is; one that is not understood has no score.

/// The tables of the algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Everything else.
    General,
    /// Cheese: its protein always counts.
    Cheese,
    /// Red meat: its protein counts a little.
    RedMeat,
    /// Fats, oils, nuts and seeds.
    Fat,
    /// Drinks, milk and plant drinks among them.
    Drink,
    /// Water without anything.
    Water,
}

const CHEESES: [&str; 14] = [
    "cheese",
    "cheeses",
    "bries",
    "camemberts",
    "cheddars",
    "emmentals",
    "fetas",
    "goudas",
    "gruyeres",
    "halloumi",
    "mozzarella",
    "mozzarellas",
    "parmesans",
    "roqueforts",
];
const FATS: [&str; 16] = [
    "oil",
    "oils",
    "fat",
    "fats",
    "butter",
    "butters",
    "margarine",
    "margarines",
    "nuts",
    "seeds",
    "almonds",
    "hazelnuts",
    "walnuts",
    "cashews",
    "pistachios",
    "peanuts",
];
const DRINKS: [&str; 19] = [
    "beverage",
    "beverages",
    "drink",
    "drinks",
    "juice",
    "juices",
    "nectars",
    "soda",
    "sodas",
    "cola",
    "colas",
    "lemonade",
    "lemonades",
    "smoothies",
    "milk",
    "milks",
    "squashes",
    "tonics",
    "limonades",
];
const WATERS: [&str; 2] = ["water", "waters"];
/// What makes water something else.
const IN_WATER: [&str; 8] =
    ["flavoured", "flavored", "aromatised", "sweetened", "coconut", "tonic", "rose", "vitamin"];
/// What may be of red meat, or of other animals or of none.
const MEATS: [&str; 9] =
    ["meat", "meats", "steaks", "sausages", "salamis", "hams", "bacon", "roasts", "ground"];
const RED: [&str; 11] =
    ["beef", "veal", "pork", "lamb", "mutton", "venison", "horse", "goat", "game", "boar", "swine"];
/// Words that say that there is no score, or that we cannot know which.
const WITHOUT: [&str; 34] = [
    "alcoholic",
    "ales",
    "baby",
    "beers",
    "brandies",
    "champagnes",
    "ciders",
    "coffees",
    "cooking",
    "creams",
    "dehydrated",
    "drops",
    "gums",
    "herbs",
    "infant",
    "instant",
    "liqueurs",
    "powders",
    "powdered",
    "rums",
    "salt",
    "salts",
    "spices",
    "spirits",
    "supplements",
    "sweeteners",
    "syrups",
    "teas",
    "vinegars",
    "vodkas",
    "whiskies",
    "whisky",
    "wine",
    "wines",
];

/// The table of a category.
pub(super) fn class(category: &str) -> Option<Class> {
    let tag = match category.split_once(':') {
        Some(("en", tag)) => tag,
        Some(_) => return None,
        None => category,
    };
    let tag = tag.to_ascii_lowercase();
    let words: Vec<&str> =
        tag.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let last = *words.last()?;
    let says = |list: &[&str]| words.iter().any(|word| list.contains(word));
    if says(&WITHOUT) {
        return None;
    }
    let class = match last {
        _ if WATERS.contains(&last) && !says(&IN_WATER) => Class::Water,
        _ if DRINKS.contains(&last) || WATERS.contains(&last) => Class::Drink,
        _ if CHEESES.contains(&last) => Class::Cheese,
        _ if FATS.contains(&last) => Class::Fat,
        _ if RED.contains(&last) || (MEATS.contains(&last) && says(&RED)) => Class::RedMeat,
        // Of which animal?
        _ if MEATS.contains(&last) => return None,
        _ => Class::General,
    };
    Some(class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_says_what_it_is() {
        for (category, wanted) in [
            ("en:milk-chocolates", Some(Class::General)),
            ("en:cheesecakes", Some(Class::General)),
            ("en:lactose-free-milks", Some(Class::Drink)),
            ("en:oat-based-drinks", Some(Class::Drink)),
            ("plant-based drinks", Some(Class::Drink)),
            ("en:peanut-butters", Some(Class::Fat)),
            ("en:goat-cheeses", Some(Class::Cheese)),
            ("en:pork-sausages", Some(Class::RedMeat)),
            ("en:sausages", None),
            ("en:spring-waters", Some(Class::Water)),
            ("en:flavoured-waters", Some(Class::Drink)),
            ("en:baby-foods", None),
            ("en:red-wines", None),
            ("fr:fromages", None),
            ("en:", None),
        ] {
            assert_eq!(class(category), wanted, "{category}");
        }
    }
}
