/**
 * What provider and consumer share: two service interfaces and their types.
 */
@NullMarked
package io.harpc.demo.api;

import org.jspecify.annotations.NullMarked;
