/**
 * When an instance is cut off, when an attempt is followed by another, and how many calls
 * a server takes; the only package that imports Resilience4j.
 */
@NullMarked
package io.harpc.resilience;

import org.jspecify.annotations.NullMarked;
