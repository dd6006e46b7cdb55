/**
 * The launching role: an embedded ZooKeeper, and a supervisor that keeps the provider
 * processes running.
 */
@NullMarked
package io.harpc.demo.launcher;

import org.jspecify.annotations.NullMarked;
