//! Where values go: which layers share elements with several lanes.

use swarm_network::{Content, Node, Operation, Source};

/// Where accumulators end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Drain {
    /// In this requant layer.
    Requant(usize),
    /// In the network's output.
    Output,
}

/// Which layer's variables the network's output is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outlet {
    /// Those of this layer: a requant, a max pool or a layer with weights. They stand in y.
    Own(usize),
    /// Sums of other variables, which y repeats.
    Copy,
}

/// How the layers of a network hang together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flow<'a> {
    nodes: &'a [Node],
}

impl<'a> Flow<'a> {
    pub fn new(nodes: &'a [Node]) -> Self {
        Self { nodes }
    }

    fn consumers(&self, source: Source) -> impl Iterator<Item = usize> + '_ {
        let takes = move |node: &Node| {
            let with = match &node.operation {
                Operation::Add(add) => Some(add.with),
                _ => None,
            };
            node.source == source || with == Some(source)
        };
        let layers = self.nodes.iter().enumerate();
        layers.filter(move |(_, node)| takes(node)).map(|(i, _)| i)
    }

    fn is_accumulators(&self, source: Source) -> bool {
        match source {
            Source::Input => false,
            Source::Layer(layer) => self.nodes[layer].output.is_accumulators(),
        }
    }

    /// The layer with weights whose accumulators `source` holds; `None` for values.
    pub fn product(&self, source: Source) -> Option<usize> {
        let Source::Layer(layer) = source else {
            return None;
        };
        let node = &self.nodes[layer];
        match (&node.operation, node.output.content) {
            (_, Content::Values) => None,
            (Operation::Weighted(_), _) => Some(layer),
            (Operation::Add(add), _) if self.is_accumulators(add.with) => self.product(add.with),
            _ => self.product(node.source),
        }
    }

    /// Where the accumulators of layer `layer` end.
    pub fn drain(&self, layer: usize) -> Drain {
        let mut layer = layer;
        while let Some(next) = self.consumers(Source::Layer(layer)).next() {
            if matches!(self.nodes[next].operation, Operation::Requant(_)) {
                return Drain::Requant(next);
            }
            layer = next;
        }
        Drain::Output
    }

    /// Whether values are added to the accumulators that `source` holds.
    pub fn is_mixed(&self, source: Source) -> bool {
        let Source::Layer(layer) = source else {
            return false;
        };
        let node = &self.nodes[layer];
        match node.operation {
            _ if !node.output.is_accumulators() => false,
            Operation::Weighted(_) => false,
            Operation::Add(_) => true,
            _ => self.is_mixed(node.source),
        }
    }

    /// The layer with weights that alone takes the network's input, as it is: its lanes are those
    /// of the committed input.
    pub fn input_packed_by(&self) -> Option<usize> {
        let mut source = Source::Input;
        loop {
            let mut consumers = self.consumers(source);
            let (Some(layer), None) = (consumers.next(), consumers.next()) else {
                return None;
            };
            match self.nodes[layer].operation {
                Operation::Weighted(_) => return Some(layer),
                Operation::Flatten if layer + 1 < self.nodes.len() => {
                    source = Source::Layer(layer);
                }
                _ => return None,
            }
        }
    }

    /// What the output is made of.
    pub fn outlet(&self) -> Outlet {
        let mut layer = self.nodes.len() - 1;
        loop {
            match (&self.nodes[layer].operation, self.nodes[layer].source) {
                (Operation::Flatten, Source::Layer(before)) => layer = before,
                (Operation::Weighted(_) | Operation::Requant(_) | Operation::MaxPool(_), _) => {
                    return Outlet::Own(layer)
                }
                _ => return Outlet::Copy,
            }
        }
    }

    /// Upper bounds on the variables that one value or lane of each layer's output is a sum of.
    pub fn terms(&self, own: impl Fn(usize) -> u64) -> Vec<u64> {
        let mut terms: Vec<u64> = Vec::with_capacity(self.nodes.len());
        for (layer, node) in self.nodes.iter().enumerate() {
            let of = |source: Source| match source {
                Source::Input => 1,
                Source::Layer(layer) => terms[layer],
            };
            let x = of(node.source);
            let found = match &node.operation {
                Operation::AvgPool(windows) => x.saturating_mul(windows.taps() as u64),
                Operation::Add(add) => x.saturating_add(of(add.with)),
                Operation::Flatten => x,
                _ => own(layer),
            };
            terms.push(found);
        }
        terms
    }
}
