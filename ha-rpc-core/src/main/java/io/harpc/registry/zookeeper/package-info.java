/**
 * The registry on Apache ZooKeeper, laid out as {@code docs/registry-layout.md} says; the
 * only package that imports Curator.
 */
@NullMarked
package io.harpc.registry.zookeeper;

import org.jspecify.annotations.NullMarked;
