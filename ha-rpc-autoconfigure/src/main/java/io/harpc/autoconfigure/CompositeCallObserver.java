package io.harpc.autoconfigure;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.harpc.CallObserver;
import io.harpc.Outcome;
import io.harpc.ServiceKey;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;

/**
 * Lets several observers see each call, in their order.
 */
final class CompositeCallObserver implements CallObserver {

	private final List<CallObserver> observers;

	private CompositeCallObserver(List<CallObserver> observers) {
		this.observers = observers;
	}

	static CallObserver of(ObjectProvider<CallObserver> provider) {
		List<CallObserver> observers = provider.orderedStream().toList();
		return switch (observers.size()) {
			case 0 -> NONE;
			case 1 -> observers.get(0);
			default -> new CompositeCallObserver(observers);
		};
	}

	@Override
	public Observed begin(Side side, ServiceKey service, String method, Map<String, String> headers) {
		Observed[] all = new Observed[this.observers.size()];
		for (int i = 0; i < all.length; i++) {
			all[i] = this.observers.get(i).begin(side, service, method, headers);
		}
		return new CompositeObserved(all);
	}

	private record CompositeObserved(Observed[] all) implements Observed {

		@Override
		public Map<String, String> headers() {
			Map<String, String> together = new HashMap<>();
			for (Observed observed : this.all) {
				together.putAll(observed.headers());
			}
			return together;
		}

		/** The scopes close in the opposite order, as those of nested blocks do. */
		@Override
		public Scope open() {
			Scope[] scopes = new Scope[this.all.length];
			for (int i = 0; i < scopes.length; i++) {
				scopes[i] = this.all[i].open();
			}
			return () -> {
				for (int i = scopes.length - 1; i >= 0; i--) {
					scopes[i].close();
				}
			};
		}

		@Override
		public void end(Outcome outcome, @Nullable Throwable error) {
			for (Observed observed : this.all) {
				observed.end(outcome, error);
			}
		}

	}

}
