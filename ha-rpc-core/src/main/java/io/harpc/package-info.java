/**
 * The foundation: what a service, a call, an attempt and an outcome are, and the types
 * that an application sees when a call does not succeed.
 */
@NullMarked
package io.harpc;

import org.jspecify.annotations.NullMarked;
