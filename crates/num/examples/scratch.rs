//! scratch
use pegstress_num::*;
use std::io::Write;
#[inline(always)] fn n_inline<const W: usize>(s: u32, a: &mut Lanes<W>, b: &mut Lanes<W>) { draw::normals(1, 0, s, Stream::FlowNormals, a, b) }
per_isa!{ fn n<const W: usize>(s: u32, a: &mut Lanes<W>, b: &mut Lanes<W>) = n_inline }
macro_rules! unary { ($k:ident, $i:ident, $f:path) => { #[inline(always)] fn $i<const W: usize>(a: &Lanes<W>, b: &mut Lanes<W>) { for i in 0..W { b[i] = $f(a[i]); } } per_isa!{ fn $k<const W: usize>(a: &Lanes<W>, b: &mut Lanes<W>) = $i } } }
unary!(ke, ie, exp); unary!(kl, il, ln); unary!(kp, ip, ln_1p); unary!(kc, ic, normal_cdf); unary!(kq, iq, normal_quantile);
fn main() {
    for (seed, path, step, st) in [(0,0,0,Stream::FlowNormals),(1,0,0,Stream::FlowNormals),(42,7,1000,Stream::FlowNormals),(42,7,1000,Stream::ShockSizes),(u64::MAX,u64::MAX,u32::MAX,Stream::ShockSizes)] {
        let (mut a, mut b) = ([0.0],[0.0]); draw::normals(seed, path, step, st, &mut a, &mut b);
        println!("{:#018x} {:#018x} {:?} {:?}", a[0].to_bits(), b[0].to_bits(), a[0], b[0]);
    }
    let mut f = std::fs::File::create("/tmp/vals.txt").unwrap();
    for k in 0..12000u64 {
        let (a, b) = draw::bits(5, k, 0, Stream::ShockSizes); let (u, v) = (draw::unit(a), draw::unit_open(b));
        let s = if k % 2 == 0 { 1.0 } else { 1e-3 };
        let x = [exp((v*1400.0-700.0)*0.5)*(1.0+u), 0.5+u*1.5];
        for x in x { writeln!(f, "ln {:?} {:?}", x, ln(x)).unwrap(); }
        for x in [u*2.0-1.0, (u*2.0-1.0)*1e-4, u*10.0] { writeln!(f, "ln1p {:?} {:?}", x, ln_1p(x)).unwrap(); }
        for x in [(u*1400.0-700.0), u*2.0-1.0] { writeln!(f, "exp {:?} {:?}", x, exp(x)).unwrap(); }
        writeln!(f, "cos {:?} {:?}", u*s, cos_sin_2pi(u*s).0).unwrap();
        writeln!(f, "sin {:?} {:?}", u*s, cos_sin_2pi(u*s).1).unwrap();
        for x in [-37.5*u, 6.0*(u-0.5), u*7.0-7.0] { writeln!(f, "cdf {:?} {:?}", x, normal_cdf(x)).unwrap(); }
        if k < 3000 { for x in [u, exp(-690.0*v), 0.5+(u-0.5)*1e-4] { writeln!(f, "q {:?} {:?}", x, normal_quantile(x)).unwrap(); } }
    }
    let mut x = [0.0; 64]; for i in 0..64 { x[i] = (i as f64 + 0.5) / 64.0; }
    for isa in Isa::available() {
        let (mut a, mut b) = ([0.0; 64], [0.0; 64]);
        let t = std::time::Instant::now(); let mut s = 0.0;
        for i in 0..200_000 { n(isa, i, &mut a, &mut b); s += a[3]; }
        print!("{isa:10} normals {:.2} ns/normal", t.elapsed().as_secs_f64() / 200_000.0 / 128.0 * 1e9);
        for (name, k) in [("exp", ke::<64> as fn(Isa, &[f64;64], &mut [f64;64])), ("ln", kl::<64>), ("ln1p", kp::<64>), ("cdf", kc::<64>), ("q", kq::<64>)] {
            let t = std::time::Instant::now();
            for _ in 0..100_000 { k(isa, std::hint::black_box(&x), &mut b); s += b[5]; }
            print!("  {name} {:.2}", t.elapsed().as_secs_f64() / 100_000.0 / 64.0 * 1e9);
        }
        println!(" {s}");
    }
    let mut h = LogHistogram::new(10); let t = std::time::Instant::now();
    for i in 0..2_000_000u64 { h.add(draw::unit(draw::bits(1, i, 0, Stream::FlowNormals).0)); }
    println!("hist add {:.1} ns", t.elapsed().as_secs_f64() / 2e6 * 1e9);
}
