//! `Items`: the list of items that one output of a node carries, with the pairing of each item to those before it.
//!
//! The list is opaque and shared: handing a thousand items to three branches copies nothing. The pairing is a column
//! beside the items, relative to the inputs of the run that produced them (spec C9); most runs need no column at all.

use std::sync::Arc;

use crate::item::Item;

/// A shared, immutable list of items.
#[derive(Clone, Debug, Default)]
pub struct Items {
    list: Arc<Vec<Item>>,
    pairing: Pairing,
}

/// Which input items the items of a list come from.
#[derive(Clone, Debug, Default)]
enum Pairing {
    /// Nothing is said; the engine fills in what can be known.
    #[default]
    Unset,
    /// Item `i` comes from item `i` of this input.
    ByIndex(u16),
    /// Every item comes from item 0 of input 0.
    First,
    /// Item `i` comes from this item of input 0.
    Column(Arc<Vec<u32>>),
    /// The general case.
    Links(Arc<Vec<Link>>),
}

/// Where one item comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// Unknown.
    #[default]
    None,
    /// One input item.
    One(ItemRef),
    /// Several input items, for example both sides of a merge.
    Many(Arc<[ItemRef]>),
}

/// An item of an input of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemRef {
    /// Index of the item.
    pub item: u32,
    /// Index of the input.
    pub input: u16,
    /// The run of the same node whose input is meant; absent, the run that produced the list. A node that keeps items
    /// from run to run names the earlier one.
    pub run: Option<u32>,
}

impl Link {
    /// The link to item `item` of input 0.
    pub fn to(item: usize) -> Self {
        Self::input(0, item)
    }

    /// The link to item `item` of input `input`.
    pub fn input(input: usize, item: usize) -> Self {
        Self::One(ItemRef {
            item: item as u32,
            input: input as u16,
            run: None,
        })
    }

    /// The link to item `item` of input 0 of an earlier run of the same node.
    pub fn earlier(run: u32, item: usize) -> Self {
        Self::One(ItemRef {
            item: item as u32,
            input: 0,
            run: Some(run),
        })
    }

    /// The link to each of the first `count` items of input 0.
    pub fn to_first(count: usize) -> Self {
        Self::all(0..count)
    }

    /// The link to each of these items of input 0.
    pub fn all(items: impl IntoIterator<Item = usize>) -> Self {
        let refs: Vec<ItemRef> = items
            .into_iter()
            .map(|item| ItemRef {
                item: item as u32,
                input: 0,
                run: None,
            })
            .collect();
        match refs[..] {
            [] => Self::None,
            [only] => Self::One(only),
            _ => Self::Many(refs.into()),
        }
    }

    /// The items it names.
    pub fn refs(&self) -> &[ItemRef] {
        match self {
            Self::None => &[],
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }

    /// Both links as one.
    pub fn join(&self, other: &Link) -> Self {
        match (self, other) {
            (Self::None, link) | (link, Self::None) => link.clone(),
            _ => Self::Many(self.refs().iter().chain(other.refs()).copied().collect()),
        }
    }
}

impl Items {
    /// How many items there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The item at `index`.
    pub fn get(&self, index: usize) -> Option<&Item> {
        self.list.get(index)
    }

    /// The items in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Item> {
        self.list.iter()
    }

    /// Where the item at `index` comes from.
    pub fn link(&self, index: usize) -> Link {
        match &self.pairing {
            _ if index >= self.len() => Link::None,
            Pairing::Unset => Link::None,
            Pairing::ByIndex(input) => Link::input(*input as usize, index),
            Pairing::First => Link::to(0),
            Pairing::Column(column) => Link::to(column[index] as usize),
            Pairing::Links(links) => links[index].clone(),
        }
    }

    /// Whether nothing at all is said of where the items come from.
    pub fn is_unpaired(&self) -> bool {
        matches!(self.pairing, Pairing::Unset)
    }

    /// Whether of any item nothing is said of where it comes from.
    pub fn has_unpaired(&self) -> bool {
        match &self.pairing {
            Pairing::Unset => !self.is_empty(),
            Pairing::Links(links) => links.contains(&Link::None),
            Pairing::ByIndex(_) | Pairing::First | Pairing::Column(_) => false,
        }
    }

    /// The same items, each paired to the item of the same index of input `input`.
    pub fn paired_by_index(&self, input: usize) -> Self {
        Self {
            list: self.list.clone(),
            pairing: Pairing::ByIndex(input as u16),
        }
    }

    /// The same items, each paired to the first item of input 0.
    pub fn paired_to_first(&self) -> Self {
        Self {
            list: self.list.clone(),
            pairing: Pairing::First,
        }
    }

    /// The same items with these links, one for each item.
    ///
    /// # Panics
    /// When the number of links differs from the number of items.
    pub fn with_links(&self, links: Vec<Link>) -> Self {
        assert_eq!(links.len(), self.len(), "one link for each item");
        Self {
            list: self.list.clone(),
            pairing: Pairing::Links(Arc::new(links)),
        }
    }

    /// The first `count` items.
    pub fn take(&self, count: usize) -> Self {
        if count >= self.len() {
            self.clone()
        } else {
            (0..count).map(|i| self.entry(i)).collect()
        }
    }

    fn entry(&self, index: usize) -> (Item, Link) {
        (self.list[index].clone(), self.link(index))
    }

    /// Whether both are the very same list.
    pub fn shares_list_with(&self, other: &Items) -> bool {
        Arc::ptr_eq(&self.list, &other.list)
    }
}

impl From<Vec<Item>> for Items {
    /// Items of which nothing is said about where they come from.
    fn from(list: Vec<Item>) -> Self {
        Self {
            list: Arc::new(list),
            pairing: Pairing::Unset,
        }
    }
}

impl FromIterator<Item> for Items {
    fn from_iter<I: IntoIterator<Item = Item>>(items: I) -> Self {
        items.into_iter().collect::<Vec<_>>().into()
    }
}

impl FromIterator<(Item, Link)> for Items {
    fn from_iter<I: IntoIterator<Item = (Item, Link)>>(items: I) -> Self {
        let mut builder = ItemsBuilder::default();
        for (item, link) in items {
            builder.push(item, link);
        }
        builder.build()
    }
}

/// Collects items with their links; keeps the pairing in its most compact form.
#[derive(Debug, Default)]
pub struct ItemsBuilder {
    list: Vec<Item>,
    column: Vec<u32>,
    links: Option<Vec<Link>>,
}

impl ItemsBuilder {
    /// A builder with room for `count` items.
    pub fn with_capacity(count: usize) -> Self {
        Self {
            list: Vec::with_capacity(count),
            column: Vec::with_capacity(count),
            links: None,
        }
    }

    /// How many items it holds.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Adds an item that comes from `link`.
    pub fn push(&mut self, item: Item, link: Link) {
        match (&mut self.links, &link) {
            (
                None,
                Link::One(ItemRef {
                    item: index,
                    input: 0,
                    run: None,
                }),
            ) => self.column.push(*index),
            (None, _) => {
                let mut links: Vec<Link> = self
                    .column
                    .iter()
                    .map(|index| Link::to(*index as usize))
                    .collect();
                links.push(link);
                self.links = Some(links);
            }
            (Some(links), _) => links.push(link),
        }
        self.list.push(item);
    }

    /// The list.
    pub fn build(self) -> Items {
        let pairing = match self.links {
            Some(links) if links.iter().all(|link| *link == Link::None) => Pairing::Unset,
            Some(links) => Pairing::Links(Arc::new(links)),
            None if self
                .column
                .iter()
                .enumerate()
                .all(|(i, index)| i == *index as usize) =>
            {
                Pairing::ByIndex(0)
            }
            None => Pairing::Column(Arc::new(self.column)),
        };
        Items {
            list: Arc::new(self.list),
            pairing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_shares_the_list_and_keeps_its_own_pairing() {
        let items: Items = vec![Item::new(1), Item::new(2)].into();
        let paired = items.paired_by_index(1);
        assert!(items.shares_list_with(&paired));
        assert_eq!(items.link(1), Link::None);
        assert_eq!(paired.link(1), Link::input(1, 1));
    }

    #[test]
    fn the_builder_keeps_mixed_links() {
        let both = Link::to(0).join(&Link::input(1, 3));
        let items: Items = vec![(Item::new(1), Link::to(4)), (Item::new(2), both.clone())]
            .into_iter()
            .collect();
        assert_eq!(items.link(0), Link::to(4));
        assert_eq!(items.link(1), both);
    }
}
