/**
 * The two annotations an application meets: one to offer a service, one to call it.
 */
@NullMarked
package io.harpc.annotation;

import org.jspecify.annotations.NullMarked;
