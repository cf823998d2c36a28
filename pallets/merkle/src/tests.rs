use super::*;
use proptest::prelude::*;

fn leaves(count: u32) -> Vec<Hash> {
    (0..count)
        .map(|index| {
            let mut commitment = [0; 32];
            commitment[..2].copy_from_slice(&(index as u16).to_le_bytes());
            input_leaf(&commitment)
        })
        .collect()
}

fn tree(count: u32) -> Tree {
    Tree::new(leaves(count)).expect("the number is in range")
}

/// Computed apart from this crate, from the description above.
#[test]
fn leaves_and_roots_are_what_other_programs_compute() {
    assert_eq!(
        hex::encode(input_leaf(&[7; 32])),
        "92c272165ac95539d7c79846fde39a49747fbd593edec2871e6f4a76603e0630"
    );
    assert_eq!(
        hex::encode(result_leaf(&[7; 32], &[8; 32])),
        "f8ea3aba5d5c2df9450f44b1d5c0d32ee5a95f7e45d1d47c77ac2dff37739c18"
    );
    assert_eq!(
        hex::encode(answer_leaf(&[7; 32])),
        "71d79b561bc823cb44af7b648e8ea065be41d9184a48fb92d0bac914e470edb6"
    );
    for (count, root) in [
        (
            1,
            "fa04e2530b34b995c7fe03e5132de8dfd961b68db85f2db0ba815c1b305bae73",
        ),
        (
            2,
            "5648dc588bc1b7bf0ce8ba30941455979f9e61af998ef87f85532554edf25496",
        ),
        (
            3,
            "5a423257b8de9ccb41050bffd3830700630dbcf964778bd4774c6ad13d5f7fb4",
        ),
        (
            5,
            "3220a37f292d0c4226513e136b7427407ff97a59f213377c11688b5aee23affe",
        ),
        (
            8,
            "ccf8af027c9a56acf635deba3b4bc61b9665c5ada76bc2f9d5c4c50765a09eca",
        ),
        (
            64,
            "7a96678ed455d7c73cd959af84791551f8b6c18e454eb9012dabc644eeae428b",
        ),
        (
            1000,
            "dcfeed9671b241fd25da12486f66d824f28ba9f05df94789b588c95f518f9893",
        ),
    ] {
        assert_eq!(hex::encode(tree(count).root()), root, "{count} leaves");
    }
    let path = tree(5).path(4).expect("there is a fifth leaf");
    assert_eq!(
        path.iter().map(hex::encode).collect::<Vec<_>>(),
        [
            "0000000000000000000000000000000000000000000000000000000000000000",
            "086dabbfde6914778334b717e94921e353b7cc3f103cd2d19c5a825f30c067cc",
            "9537a6f8343c66812e135953788062a85d9a9348965e798bcd28e77aab8d60f1",
        ]
    );
}

#[test]
fn a_trees_size_is_bounded() {
    assert_eq!(Tree::new(vec![]), Err(TreeError::NoLeaves));
    let count = MAX_LEAVES as usize + 1;
    let error = Tree::new(vec![EMPTY; count]).expect_err("it is one too many");
    assert_eq!(error, TreeError::TooManyLeaves(count));
    assert!(error.to_string().contains(&count.to_string()), "{error}");
}

#[test]
fn depths_are_rounded_up() {
    let depths = [0, 1, 2, 3, 4, 5, 8, 9, MAX_LEAVES - 1, MAX_LEAVES].map(depth);
    assert_eq!(depths, [0, 0, 1, 2, 2, 3, 3, 4, 20, 20]);
}

/// Whoever makes a root could hide a second answer at another height, were paths of other lengths
/// taken: here the left child of the root and its right child's left child are both "leaf 2" of 8.
#[test]
fn a_path_has_the_trees_depth() {
    let (high, low) = (input_leaf(&[1; 32]), input_leaf(&[2; 32]));
    let right = node(&low, &EMPTY);
    let root = node(&high, &right);
    assert!(!contains(&root, 8, 2, &high, &[right]));
    assert!(!contains(&root, 8, 2, &low, &[EMPTY, high]));
    // Both are what they seem where the depth is theirs.
    assert!(contains(&root, 2, 0, &high, &[right]));
    assert!(contains(&root, 4, 2, &low, &[EMPTY, high]));
}

#[test]
fn a_node_is_no_leaf_and_an_input_no_result() {
    assert_ne!(input_leaf(&[1; 32]), node(&[1; 32], &EMPTY));
    let tree = tree(4);
    let top = node(&tree.levels[0][0], &tree.levels[0][1]);
    assert!(!contains(&tree.root(), 4, 0, &top, &[tree.levels[1][1]]));
    assert_ne!(
        result_leaf(&[1; 32], &[2; 32]),
        result_leaf(&[2; 32], &[1; 32])
    );
    assert_ne!(answer_leaf(&[1; 32]), input_leaf(&[1; 32]));
}

#[test]
fn what_is_missing_at_the_end_cannot_be_shown() {
    let tree = tree(5);
    let last = tree.path(4).expect("it is there");
    assert!(contains(&tree.root(), 5, 4, &leaves(5)[4], &last));
    // The place after the last leaf holds EMPTY, and is no batch.
    let mut beside = last;
    beside[0] = leaves(5)[4];
    assert!(!contains(&tree.root(), 5, 5, &EMPTY, &beside));
    assert!(contains(&tree.root(), 6, 5, &EMPTY, &beside));
    assert_eq!(tree.path(5), None);
}

proptest! {
    #[test]
    fn every_leaf_is_found_at_its_place_and_nowhere_else(
        count in 1u32..200, index: u32, other: u32, spoilt: usize, bit in 0u8..8,
    ) {
        let (index, other) = (index % count, other % count);
        let tree = tree(count);
        let all = leaves(count);
        let leaf = &all[index as usize];
        let path = tree.path(index).expect("it is in range");
        let root = tree.root();
        prop_assert_eq!(tree.leaves(), count);
        prop_assert!(contains(&root, count, index, leaf, &path));
        prop_assert_eq!(contains(&root, count, other, leaf, &path), index == other);
        if index != other {
            prop_assert!(!contains(&root, count, index, &all[other as usize], &path));
        }
        let longer = [&path[..], &[EMPTY]].concat();
        prop_assert!(!contains(&root, count, index, leaf, &longer));
        if let Some(shorter) = path.len().checked_sub(1) {
            prop_assert!(!contains(&root, count, index, leaf, &path[..shorter]));
            let mut changed = path.clone();
            changed[spoilt % path.len()][spoilt % 32] ^= 1 << bit;
            prop_assert!(!contains(&root, count, index, leaf, &changed));
        }
    }

    #[test]
    fn a_root_depends_on_every_leaf(count in 1u32..200, index: u32) {
        let mut changed = leaves(count);
        changed[(index % count) as usize][0] ^= 1;
        let changed = Tree::new(changed).expect("the number is in range");
        prop_assert_ne!(changed.root(), tree(count).root());
    }
}
