//! Instruction sets: one kernel, one compiled copy per instruction set, chosen at run time, same bits.
//!
//! The kernel is an `#[inline(always)]` function; [`per_isa!`](crate::per_isa) defines a dispatcher with copies
//! of it compiled for AVX2 and AVX-512, so that a build for any x86-64 runs at full speed. The operations per lane
//! are the same IEEE operations in each copy, and Rust never fuses a multiplication with an addition by itself: the
//! results are bit-equal (the payload of a NaN excepted). On other architectures only the baseline exists.

use std::fmt;
use std::str::FromStr;

/// An instruction set a kernel is compiled for, from narrow to wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Isa {
    /// What the binary was compiled for; SSE2 on x86-64 unless told otherwise.
    Baseline,
    /// AVX2 with BMI1, BMI2, LZCNT and POPCNT.
    Avx2,
    /// AVX-512 F, DQ, VL, BW and CD.
    Avx512,
}

impl Isa {
    /// Every instruction set, from narrow to wide.
    pub const ALL: [Isa; 3] = [Isa::Baseline, Isa::Avx2, Isa::Avx512];

    /// The instruction sets this processor has, from narrow to wide; never empty.
    pub fn available() -> Vec<Isa> {
        Isa::ALL.into_iter().filter(|isa| isa.is_available()).collect()
    }

    /// The widest instruction set this processor has.
    pub fn best() -> Isa {
        if Isa::Avx512.is_available() {
            Isa::Avx512
        } else if Isa::Avx2.is_available() {
            Isa::Avx2
        } else {
            Isa::Baseline
        }
    }

    /// Whether this processor has the instruction set. The processor is asked once; later calls read a cache.
    pub fn is_available(self) -> bool {
        match self {
            Isa::Baseline => true,
            Isa::Avx2 => has_avx2(),
            Isa::Avx512 => has_avx512(),
        }
    }
}

#[cfg(target_arch = "x86_64")]
fn has_avx2() -> bool {
    use std::arch::is_x86_feature_detected as has;
    has!("avx2") && has!("bmi1") && has!("bmi2") && has!("lzcnt") && has!("popcnt")
}

/// FMA and F16C are asked for because the compiler's `avx512f` implies them.
#[cfg(target_arch = "x86_64")]
fn has_avx512() -> bool {
    use std::arch::is_x86_feature_detected as has;
    let foundation = has!("avx512f") && has!("fma") && has!("f16c");
    foundation && has!("avx512dq") && has!("avx512vl") && has!("avx512bw") && has!("avx512cd") && has_avx2()
}

#[cfg(not(target_arch = "x86_64"))]
fn has_avx2() -> bool {
    false
}

#[cfg(not(target_arch = "x86_64"))]
fn has_avx512() -> bool {
    false
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Isa::Baseline => "baseline",
            Isa::Avx2 => "avx2",
            Isa::Avx512 => "avx512",
        })
    }
}

/// A name that is not an instruction set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownIsa(String);

impl fmt::Display for UnknownIsa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "instruction set is {:?}, must be one of baseline, avx2, avx512", self.0)
    }
}

impl std::error::Error for UnknownIsa {}

impl FromStr for Isa {
    type Err = UnknownIsa;

    fn from_str(name: &str) -> Result<Self, UnknownIsa> {
        let found = Isa::ALL.into_iter().find(|isa| isa.to_string() == name);
        found.ok_or_else(|| UnknownIsa(name.to_owned()))
    }
}

/// Defines a dispatcher for an `#[inline(always)]` kernel, with one copy per instruction set.
///
/// The dispatcher takes the [`Isa`] first, then the kernel's arguments. An instruction set that the processor
/// lacks falls back to the baseline. Const generics are supported; type and lifetime parameters are not.
///
/// ```
/// use pegstress_num::{Isa, Lanes, exp, per_isa};
///
/// #[inline(always)]
/// fn grow_inline<const W: usize>(rate: f64, x: &mut Lanes<W>) {
///     for i in 0..W {
///         x[i] *= exp(rate * x[i]);
///     }
/// }
///
/// per_isa! {
///     /// Lets `x` grow.
///     pub fn grow<const W: usize>(rate: f64, x: &mut Lanes<W>) = grow_inline
/// }
///
/// let mut x = [0.0, 1.0, 2.0, 3.0];
/// grow(Isa::best(), 0.5, &mut x);
/// assert_eq!(x[0], 0.0);
/// ```
#[macro_export]
macro_rules! per_isa {
    (
        $(#[$meta:meta])*
        $vis:vis fn $name:ident $(<$(const $generic:ident : $kind:ty),+ $(,)?>)?
        ($($arg:ident : $type:ty),* $(,)?) $(-> $output:ty)? = $kernel:ident $(;)?
    ) => {
        $(#[$meta])*
        // The dispatcher has one argument more than the kernel.
        #[allow(unsafe_code, clippy::too_many_arguments)]
        $vis fn $name $(<$(const $generic: $kind),+>)? (
            isa: $crate::Isa, $($arg: $type),*
        ) $(-> $output)? {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
            fn avx2 $(<$(const $generic: $kind),+>)? ($($arg: $type),*) $(-> $output)? {
                $kernel $(::<$($generic),+>)? ($($arg),*)
            }

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw,avx512cd")]
            #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
            fn avx512 $(<$(const $generic: $kind),+>)? ($($arg: $type),*) $(-> $output)? {
                $kernel $(::<$($generic),+>)? ($($arg),*)
            }

            match isa {
                // SAFETY: the guard has just checked that the processor has every feature the copy enables.
                #[cfg(target_arch = "x86_64")]
                $crate::Isa::Avx512 if isa.is_available() => unsafe {
                    avx512 $(::<$($generic),+>)? ($($arg),*)
                },
                // SAFETY: as above.
                #[cfg(target_arch = "x86_64")]
                $crate::Isa::Avx2 if isa.is_available() => unsafe {
                    avx2 $(::<$($generic),+>)? ($($arg),*)
                },
                _ => $kernel $(::<$($generic),+>)? ($($arg),*),
            }
        }
    };
}
