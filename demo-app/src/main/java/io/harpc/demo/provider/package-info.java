/**
 * The providing role: the two services, and the file in which orders are kept.
 */
@NullMarked
package io.harpc.demo.provider;

import org.jspecify.annotations.NullMarked;
