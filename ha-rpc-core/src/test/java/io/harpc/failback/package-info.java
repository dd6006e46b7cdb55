/**
 * Tests of failback.
 */
@NullMarked
package io.harpc.failback;

import org.jspecify.annotations.NullMarked;
