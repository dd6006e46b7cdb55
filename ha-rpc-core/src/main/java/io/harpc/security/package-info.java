/**
 * How the two ends of a connection prove who they are: what there is to know and to
 * compute, without a connection.
 */
@NullMarked
package io.harpc.security;

import org.jspecify.annotations.NullMarked;
