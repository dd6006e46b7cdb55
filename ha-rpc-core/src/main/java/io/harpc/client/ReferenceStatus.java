package io.harpc.client;

import java.util.List;

import io.harpc.registry.Instances.Origin;

/**
 * A reference and the instances that it calls: a snapshot for people to look at.
 *
 * @param settings the settings, with the client's defaults filled in
 * @param origin where the list of instances comes from
 * @param instances what is believed of each instance
 */
public record ReferenceStatus(ReferenceSettings<?> settings, Origin origin, List<InstanceStatus> instances) {

}
