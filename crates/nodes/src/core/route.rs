//! Sending each input item to one of several outputs. When all go the same way, the list itself is passed on.

use itemflow_model::{Items, ItemsBuilder, Link};

/// The items of each of `outputs` lists; `route` names the output of every item, `None` drops it.
pub(crate) fn split(items: &Items, outputs: usize, route: &[Option<usize>]) -> Vec<Items> {
    let mut lists = vec![Items::default(); outputs];
    let Some(first) = route.first().copied() else {
        return lists;
    };
    if route.iter().all(|output| *output == first) {
        if let Some(list) = first.and_then(|first| lists.get_mut(first)) {
            *list = items.paired_by_index(0);
        }
        return lists;
    }
    let mut counts = vec![0; outputs];
    for output in route.iter().flatten() {
        counts[*output] += 1;
    }
    let mut builders: Vec<ItemsBuilder> = counts
        .into_iter()
        .map(ItemsBuilder::with_capacity)
        .collect();
    for (i, (item, output)) in items.iter().zip(route).enumerate() {
        if let Some(output) = output {
            builders[*output].push(item.clone(), Link::to(i));
        }
    }
    builders.into_iter().map(ItemsBuilder::build).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use itemflow_model::Item;

    #[test]
    fn a_list_that_goes_one_way_is_shared() {
        let items: Items = vec![Item::new(1), Item::new(2)].into();
        let lists = split(&items, 2, &[Some(1), Some(1)]);
        assert!(lists[0].is_empty());
        assert!(lists[1].shares_list_with(&items));
        assert_eq!(lists[1].link(1), Link::to(1));
    }

    #[test]
    fn each_item_is_linked_to_where_it_comes_from() {
        let items: Items = vec![Item::new(1), Item::new(2), Item::new(3)].into();
        let lists = split(&items, 2, &[Some(1), None, Some(0)]);
        assert_eq!(lists[0].link(0), Link::to(2));
        assert_eq!(lists[1].link(0), Link::to(0));
        assert_eq!((lists[0].len(), lists[1].len()), (1, 1));
    }
}
