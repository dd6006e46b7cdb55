/**
 * Spring's HTTP interface client, over Tomcat.
 */
@NullMarked
package io.harpc.benchmarks.springhttp;

import org.jspecify.annotations.NullMarked;
