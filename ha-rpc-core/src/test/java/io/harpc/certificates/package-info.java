/**
 * Certificates for tests, made in no time.
 */
@NullMarked
package io.harpc.certificates;

import org.jspecify.annotations.NullMarked;
