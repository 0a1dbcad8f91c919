// What follows from values that never change is found out once for each of them.

/** The same function, which remembers what it has said about each object for as long as the object is in use. `find` must be pure. */
export function remembered<Of extends object, Found>(find: (of: Of) => Found): (of: Of) => Found {
  const known = new WeakMap<Of, { readonly found: Found }>();
  return (of) => {
    let one = known.get(of);
    if (!one) {
      one = { found: find(of) };
      known.set(of, one);
    }
    return one.found;
  };
}
