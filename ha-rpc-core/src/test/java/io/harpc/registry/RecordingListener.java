package io.harpc.registry;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.harpc.Address;

/** Writes down what it is told, and answers for the addresses it is given. */
public class RecordingListener implements InstancesListener {

	public final List<Instances> views = new CopyOnWriteArrayList<>();

	public final Set<Address> answering = ConcurrentHashMap.newKeySet();

	@Override
	public void update(Instances instances) {
		this.views.add(instances);
	}

	@Override
	public boolean stillAnswers(Address address) {
		return this.answering.contains(address);
	}

	public Instances last() {
		return this.views.get(this.views.size() - 1);
	}

}
