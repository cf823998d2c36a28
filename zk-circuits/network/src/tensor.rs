//! A matrix of integers: one row per batch item.

use crate::Error;

/// Row-major `[rows, cols]` matrix of `i32`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    rows: usize,
    cols: usize,
    values: Vec<i32>,
}

impl Matrix {
    /// `values` are row-major and must number `rows * cols`.
    pub fn new(rows: usize, cols: usize, values: Vec<i32>) -> Result<Self, Error> {
        if rows.checked_mul(cols) != Some(values.len()) {
            return Err(Error::Shape {
                tensor: "matrix".into(),
                found: vec![values.len()],
                expected: vec![rows, cols],
            });
        }
        Ok(Self { rows, cols, values })
    }

    pub fn zeros(rows: usize, cols: usize) -> Self {
        Self {
            rows,
            cols,
            values: vec![0; rows * cols],
        }
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn cols(&self) -> usize {
        self.cols
    }

    pub fn shape(&self) -> [usize; 2] {
        [self.rows, self.cols]
    }

    /// Row-major values.
    pub fn values(&self) -> &[i32] {
        &self.values
    }

    pub fn values_mut(&mut self) -> &mut [i32] {
        &mut self.values
    }

    pub fn into_values(self) -> Vec<i32> {
        self.values
    }

    /// Panics where `row` is not below [`Self::rows`].
    pub fn row(&self, row: usize) -> &[i32] {
        &self.values[row * self.cols..(row + 1) * self.cols]
    }

    /// Panics where the position lies outside.
    pub fn get(&self, row: usize, col: usize) -> i32 {
        self.row(row)[col]
    }

    /// Refuses the first value outside `lo..=hi`, naming it as an element of `tensor`.
    pub fn check_range(&self, tensor: &str, lo: i64, hi: i64) -> Result<(), Error> {
        let outside = |v: &i32| i64::from(*v) < lo || i64::from(*v) > hi;
        match self.values.iter().position(outside) {
            None => Ok(()),
            Some(at) => Err(Error::Range {
                tensor: tensor.into(),
                index: vec![at / self.cols, at % self.cols],
                value: self.values[at].into(),
                lo,
                hi,
            }),
        }
    }

    pub(crate) fn check_shape(&self, tensor: &str, expected: [usize; 2]) -> Result<(), Error> {
        if self.shape() == expected {
            return Ok(());
        }
        Err(Error::Shape {
            tensor: tensor.into(),
            found: self.shape().to_vec(),
            expected: expected.to_vec(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shape_must_match_the_values() {
        assert!(Matrix::new(2, 3, vec![0; 6]).is_ok());
        assert!(matches!(
            Matrix::new(2, 3, vec![0; 5]),
            Err(Error::Shape { .. })
        ));
        assert!(Matrix::new(usize::MAX, 2, vec![]).is_err());
    }

    #[test]
    fn range_errors_name_the_element() {
        let m = Matrix::new(2, 3, vec![0, 1, 2, 3, 256, 5]).unwrap();
        let err = m.check_range("input", 0, 255).unwrap_err();
        assert_eq!(
            err.to_string(),
            "tensor input[1, 1] is 256, outside 0..=255"
        );
        assert!(m.check_range("input", 0, 256).is_ok());
    }
}
