#include "trace.h"

#define FARTHEST (96 * ONE)         // beyond lies the sky
#define MOST_BOUNCES 4
#define FAINTEST (ONE / 40)         // a mirrored ray that adds less is not followed
#define PENUMBRA RATIO(1, 14)       // the sun's apparent size: how much shadows soften with distance
#define NOWHERE INT64_MAX

typedef struct {
    fixed distance;
    vector point, normal;
    material material;
} hit;

// Distance to the nearest crossing in front of the origin, or NOWHERE. Computed from the vector that leads from the
// sphere's centre to the ray's nearest point. The textbook's discriminant loses the digits that matter here (Haines et
// al., 'Precision Improvements for Ray/Sphere Intersection', Ray Tracing Gems, 2019).
static inline fixed distance_to(const sphere *s, vector origin, vector direction) {
    vector to_centre = subtract(s->centre, origin);
    fixed along = dot(to_centre, direction);
    if (along <= 0) return NOWHERE;
    vector aside = subtract(to_centre, scale(direction, along));
    int64_t inside = s->radius_squared - dot_q40(aside, aside);
    if (inside <= 0) return NOWHERE;
    fixed distance = along - square_root((uint64_t)inside);
    return distance > ONE / 1024 ? distance : NOWHERE;
}

// How much of the sun is seen from a point: 0 … ONE. Softened by how close the ray passes by each sphere.
static fixed sun_seen(const scene *scene, vector point) {
    fixed seen = ONE;
    for (const sphere *s = scene->sphere; s < scene->sphere + scene->spheres; s++) {
        vector to_centre = subtract(s->centre, point);
        fixed along = dot(to_centre, scene->sun);
        if (along <= 0) continue;
        vector aside = subtract(to_centre, scale(scene->sun, along));
        fixed soft = multiply(along, PENUMBRA) + 1;
        fixed reach = s->radius + soft;
        int64_t apart = dot_q40(aside, aside);
        if (apart >= reach * reach) continue;
        fixed gap = square_root((uint64_t)apart) - s->radius;
        if (gap <= -soft) return 0;
        seen = multiply(seen, smooth(divide(gap + soft, 2 * soft)));
    }
    return seen;
}

// How much of the sky is seen from a surface: each sphere hides nl·(r/d)² of it, where nl is the cosine between normal
// and centre. A sixteenth is subtracted, so that spheres farther away than four radii can be skipped.
static fixed sky_seen(const scene *scene, vector point, vector normal) {
    fixed seen = ONE;
    for (const sphere *s = scene->sphere; s < scene->sphere + scene->spheres; s++) {
        vector to_centre = subtract(s->centre, point);
        fixed above = dot(to_centre, normal);
        if (above <= 0) continue;
        int64_t apart = dot_q40(to_centre, to_centre);
        if (apart >= 16 * s->radius_squared) continue;
        fixed share = s->radius_squared / ((apart >> SHIFT) + 1) - ONE / 16;
        fixed cosine = divide(above, square_root((uint64_t)apart) + 1);
        seen = multiply(seen, ONE - clamp(multiply(share, cosine)));
    }
    return seen;
}

static colour sky(const scene *scene, vector direction) {
    fixed down = ONE - clamp(direction.y);
    fixed haze = multiply(down, down);
    haze = multiply(haze, multiply(haze, haze)); // ^6: pale only near the horizon
    colour light = blend(scene->zenith, scene->horizon, haze);
    fixed towards = dot(direction, scene->sun);
    if (towards <= 0) return light;
    fixed glow = multiply(towards, towards);
    for (int i = 0; i < 2; i++) glow = multiply(glow, glow); // ^8
    fixed corona = glow;
    for (int i = 0; i < 6; i++) corona = multiply(corona, corona); // ^512
    return sum(light, dim(scene->sunlight, multiply(glow, RATIO(1, 10)) + 3 * corona));
}

static bool hit_floor(const scene *scene, vector origin, vector direction, hit *out) {
    if (direction.y >= 0) return false;
    fixed drop = origin.y - scene->floor_height;
    if (drop <= 0 || drop >= multiply(-direction.y, FARTHEST)) return false;
    fixed distance = divide(drop, -direction.y);
    if (distance >= out->distance || distance < ONE / 1024) return false;
    vector point = add(origin, scale(direction, distance));
    point.y = scene->floor_height;
    fixed across = divide(point.x, scene->square), along = divide(point.z, scene->square);
    const material *here = &scene->floor[((across >> SHIFT) ^ (along >> SHIFT)) & 1];
    *out = (hit){distance, point, {0, ONE, 0}, *here};
    // Squares too far away to tell apart melt into their mean instead of glittering.
    colour mean = blend(scene->floor[0].colour, scene->floor[1].colour, ONE / 2);
    fixed footprint = divide(divide(distance, -direction.y), scene->square) / 160;
    out->material.colour = blend(here->colour, mean, smooth(clamp(footprint)));
    return true;
}

static bool hit_something(const scene *scene, vector origin, vector direction, hit *out) {
    const sphere *nearest = NULL;
    out->distance = FARTHEST;
    for (const sphere *s = scene->sphere; s < scene->sphere + scene->spheres; s++) {
        fixed distance = distance_to(s, origin, direction);
        if (distance < out->distance) out->distance = distance, nearest = s;
    }
    if (hit_floor(scene, origin, direction, out)) return true;
    if (!nearest) return false;
    out->point = add(origin, scale(direction, out->distance));
    vector outwards = subtract(out->point, nearest->centre);
    out->normal = (vector){divide(outwards.x, nearest->radius), divide(outwards.y, nearest->radius),
                           divide(outwards.z, nearest->radius)};
    out->material = nearest->material;
    return true;
}

// What a dull surface sends back: the sun's light and the sky's, and a little from the floor underneath.
static colour dull(const scene *scene, const hit *at) {
    fixed facing = dot(at->normal, scene->sun);
    fixed sun = facing > 0 ? multiply(facing, sun_seen(scene, at->point)) : 0;
    fixed upward = (ONE + at->normal.y) / 2;
    colour ambient = blend(dim(scene->horizon, RATIO(1, 4)), blend(scene->horizon, scene->zenith, ONE / 2), upward);
    ambient = dim(ambient, multiply(sky_seen(scene, at->point, at->normal), RATIO(3, 5)));
    return filter(at->material.colour, sum(ambient, dim(scene->sunlight, sun)));
}

// Schlick's approximation of Fresnel: everything mirrors when looked at edgewise.
static fixed mirrored(const material *m, fixed cosine) {
    fixed edge = ONE - clamp(cosine), square = multiply(edge, edge);
    return m->gloss + multiply(multiply(ONE - m->gloss, multiply(m->gloss + RATIO(1, 8), ONE * 8 / 9)),
                               multiply(multiply(square, square), edge));
}

colour trace(const scene *scene, vector origin, vector direction) {
    colour light = {0, 0, 0};
    colour share = {ONE, ONE, ONE}; // how much of what is met now still reaches the eye
    fixed travelled = 0;
    for (int bounce = 0;; bounce++) {
        hit at;
        if (!hit_something(scene, origin, direction, &at)) return sum(light, filter(share, sky(scene, direction)));
        travelled += at.distance;

        // Haze: far things take the colour of the horizon.
        fixed haze = clamp(multiply(travelled, travelled) / (40 * 40));
        haze = multiply(haze, 2 * ONE - haze);
        light = sum(light, filter(share, dim(scene->horizon, haze)));
        share = dim(share, ONE - haze);

        fixed cosine = -dot(direction, at.normal);
        fixed mirror = mirrored(&at.material, cosine);
        if (!at.material.metal) light = sum(light, filter(share, dim(dull(scene, &at), ONE - mirror)));
        share = dim(share, mirror);
        if (at.material.metal) share = filter(share, at.material.colour);
        if (bounce == MOST_BOUNCES || most(share.r, most(share.g, share.b)) < FAINTEST) return light;
        direction = renormalise(add(direction, scale(at.normal, 2 * cosine)));
        origin = at.point;
    }
}
