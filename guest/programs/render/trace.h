#ifndef TRACE_H
#define TRACE_H

#include "scene.h"

// The light that reaches `origin` from `direction` (of length ONE).
colour trace(const scene *scene, vector origin, vector direction);

#endif
