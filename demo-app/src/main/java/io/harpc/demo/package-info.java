/**
 * One application in three roles, chosen by profile: {@code provider} serves,
 * {@code consumer} calls, and without a profile it launches both and a ZooKeeper.
 */
@NullMarked
package io.harpc.demo;

import org.jspecify.annotations.NullMarked;
