package io.harpc.autoconfigure;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeansException;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.function.SingletonSupplier;

/**
 * The objects that answer where calls fail. A reference is given a stand-in, which looks
 * for the bean when it is needed, or when all singletons are there: a fallback may itself
 * ask for references. Equal ones get the same stand-in, so that they share one client.
 * Thread-safe.
 */
final class Fallbacks implements SmartInitializingSingleton {

	private final ConfigurableListableBeanFactory beanFactory;

	private final Map<Key, StandIn> standIns = new ConcurrentHashMap<>();

	Fallbacks(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Returns what answers in place of a service.
	 * @param type the interface of the service
	 * @param fallback the class of the bean; if there is none, an object of that class is
	 * made
	 * @param where who asks, for messages
	 * @param <T> the interface
	 * @return the stand-in
	 */
	<T> T standIn(Class<T> type, Class<?> fallback, String where) {
		if (!type.isAssignableFrom(fallback)) {
			throw new RpcStartupException(
					where + " names the fallback " + fallback.getName() + ", which does not implement " + type.getName()
							+ ".",
					"Let " + fallback.getSimpleName() + " implement " + type.getSimpleName()
							+ ", or name another class as the fallback.");
		}
		StandIn standIn = this.standIns.computeIfAbsent(new Key(type, fallback),
				(key) -> new StandIn(key, SingletonSupplier.of(() -> find(fallback, where))));
		return type.cast(standIn.proxy);
	}

	/** Better no start than a fallback that is missed when it is needed. */
	@Override
	public void afterSingletonsInstantiated() {
		this.standIns.values().forEach((standIn) -> standIn.bean.obtain());
	}

	private Object find(Class<?> fallback, String where) {
		try {
			Object bean = this.beanFactory.getBeanProvider(fallback).getIfAvailable();
			return (bean != null) ? bean : this.beanFactory.createBean(fallback);
		}
		catch (BeansException ex) {
			throw new RpcStartupException(
					where + " names the fallback " + fallback.getName() + ", which cannot be had: " + ex.getMessage(),
					"Define one bean of that class, or name another class as the fallback.", ex);
		}
	}

	/**
	 * What a stand-in is made for.
	 *
	 * @param type the interface of the service
	 * @param fallback the class of the bean
	 */
	private record Key(Class<?> type, Class<?> fallback) {

	}

	/** Passes calls on to the bean. */
	private static final class StandIn implements InvocationHandler {

		private final Object proxy;

		private final Class<?> fallback;

		private final SingletonSupplier<Object> bean;

		StandIn(Key key, SingletonSupplier<Object> bean) {
			this.fallback = key.fallback();
			this.bean = bean;
			this.proxy = Proxy.newProxyInstance(key.type().getClassLoader(), new Class<?>[] { key.type() }, this);
		}

		@Override
		public @Nullable Object invoke(Object self, Method method, @Nullable Object @Nullable [] arguments)
				throws Throwable {
			if (method.getDeclaringClass() == Object.class) {
				return switch (method.getName()) {
					case "equals" -> arguments != null && self == arguments[0];
					case "hashCode" -> System.identityHashCode(self);
					default -> this.fallback.getName();
				};
			}
			try {
				return method.invoke(this.bean.obtain(), arguments);
			}
			catch (InvocationTargetException ex) {
				throw ex.getTargetException();
			}
		}

	}

}
