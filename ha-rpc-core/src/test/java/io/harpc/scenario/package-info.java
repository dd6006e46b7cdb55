/**
 * Breaks things under load, in processes of their own, and holds the promises of the
 * design against a record of every call and every execution. Begin with {@link Stage}.
 */
@NullMarked
package io.harpc.scenario;

import org.jspecify.annotations.NullMarked;
