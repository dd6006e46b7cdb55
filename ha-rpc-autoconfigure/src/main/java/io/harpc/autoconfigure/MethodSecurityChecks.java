package io.harpc.autoconfigure;

import io.harpc.server.AuthorizationSettings;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationCredentialsNotFoundException;
import org.springframework.util.ClassUtils;

/**
 * Knows a call that Spring Security's method security has refused before the bean began,
 * by {@code @PreAuthorize} for example. What it refuses later, or within the bean, is a
 * failure like any other: something may have been done by then.
 */
final class MethodSecurityChecks implements AuthorizationSettings.BeanChecks {

	private static final String CALLER = "io.harpc.server.MethodHandler";

	private static final String CHECK_AFTERWARDS = "AfterMethodInterceptor";

	@Override
	public boolean isRefusal(Object bean, Throwable thrown) {
		if (!(thrown instanceof AccessDeniedException)
				&& !(thrown instanceof AuthenticationCredentialsNotFoundException)) {
			return false;
		}
		Class<?> beanClass = AopProxyUtils.ultimateTargetClass(bean);
		for (StackTraceElement frame : thrown.getStackTrace()) {
			String type = frame.getClassName();
			if (type.equals(CALLER)) {
				return true;
			}
			if (type.endsWith(CHECK_AFTERWARDS) || isOf(beanClass, type)) {
				return false;
			}
		}
		// Thrown on another thread, or without a trace: who knows when
		return false;
	}

	private static boolean isOf(Class<?> beanClass, String name) {
		for (Class<?> type = beanClass; type != null; type = type.getSuperclass()) {
			if (type.getName().equals(name)) {
				return true;
			}
		}
		// A method that the bean has of its interface
		return ClassUtils.getAllInterfacesForClassAsSet(beanClass)
			.stream()
			.anyMatch((type) -> type.getName().equals(name));
	}

}
