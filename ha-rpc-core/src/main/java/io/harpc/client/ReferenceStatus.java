package io.harpc.client;

import java.util.List;

import io.harpc.registry.Instances.Origin;
import io.harpc.resilience.RetryBudget;

/**
 * A reference and the instances that it calls: a snapshot for people to look at.
 *
 * @param settings the settings, with the client's defaults filled in
 * @param origin where the list of instances comes from
 * @param retryBudget what is left for retries and hedges
 * @param panic whether so many instances are cut off that all are called
 * @param decisions when which instances were cut off, came back, and why: the last ones,
 * of all references to the service, oldest first
 * @param instances what is believed of each instance
 */
public record ReferenceStatus(ReferenceSettings<?> settings, Origin origin, RetryBudget.Status retryBudget,
		boolean panic, List<Decision> decisions, List<InstanceStatus> instances) {

}
