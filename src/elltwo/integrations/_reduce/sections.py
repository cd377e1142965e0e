"""Docstrings of the engines' functions after their first line, by the name of the function."""

SECTIONS = {
    "moments": """
        Parameters
        ----------
        {data}
        {run}

        Returns
        -------
        Moments
            Of all rows.

        Raises
        ------
        {raises}
        """,
    "ridge": """
        {ridge_objective}

        Parameters
        ----------
        {data}
        {alpha}
        {penalty}
        {ridge_model}
        {run}

        Returns
        -------
        RidgeFit
            As `Moments.ridge` returns it.

        Raises
        ------
        {raises}
        """,
    "ridge_cv": """
        {ridge_objective}

        Parameters
        ----------
        {data}
        {alphas}
        cv : int or "gcv", default=5
            Number of folds, or generalised cross-validation.
            {folds}
        {choice}
        {per_target}
        {penalty}
        {ridge_model}
        {extend}
        {run}

        Returns
        -------
        RidgeCVFit
            As `elltwo.moments_cv` returns it.

        Raises
        ------
        {raises}
        """,
    "elastic_net": """
        {net_objective}

        Parameters
        ----------
        {data}
        {alpha}
        l1_ratio : float, default=0.5
            Share rho of the absolute values in the penalty, in [0, 1].
        {penalty}
        {net_model}
        {group_targets}
        {run}

        Returns
        -------
        ElasticNetFit
            As `Moments.elastic_net` returns it.

        Raises
        ------
        {raises}
        """,
    "elastic_net_path": """
        {net_objective}

        Parameters
        ----------
        {data}
        {alphas}
        l1_ratio : float, default=0.5
            Share rho of the absolute values in the penalty, in [0, 1].
        {net_grid}
        max_features : int, default=None
            Where to stop, see `elltwo.elastic_net_path`.
        {penalty}
        {net_model}
        {group_targets}
        {run}

        Returns
        -------
        ElasticNetPath
            As `Moments.elastic_net_path` returns it.

        Raises
        ------
        {raises}
        """,
    "elastic_net_cv": """
        {net_objective}

        Parameters
        ----------
        {data}
        l1_ratio : float or sequence of float, default=0.5
            Share rho of the absolute values in the penalty, or several to choose from.
        {alphas}
        {net_grid}
        cv : int or {"gcv", "aic", "bic", "ebic"}, default=5
            Number of folds, or a criterion of the path of all rows, see `elltwo.ElasticNetPath`.
            {folds}
        {choice}
        {per_target}
        {penalty}
        {net_model}
        {extend}
        {run}

        Returns
        -------
        ElasticNetCVFit
            As `elltwo.elastic_net_moments_cv` returns it.

        Raises
        ------
        {raises}
        """,
    "logistic": """
        {logistic_objective}

        Parameters
        ----------
        {data}
        {class_alpha}
        {class_penalty}
        {class_model}
        {run}

        Returns
        -------
        PassesFit
            A `LogisticFit` whose `passes` say how often the rows were read; it has no statistics.

        Raises
        ------
        {raises}
        """,
    "logistic_cv": """
        All folds and several alphas share each pass.

        {logistic_objective}

        Parameters
        ----------
        {data}
        {class_alphas}
        {extend}
        {class_folds}
        {class_choice}
        {class_penalty}
        {class_model}
        {run}

        Returns
        -------
        PassesCVFit
            A `LogisticCVFit` whose `passes` say how often the rows were read; it has no statistics.

        Raises
        ------
        {raises}
        """,
    "logistic_path": """
        All alphas share each pass, the first of which gives the automatic grid.

        {logistic_objective}

        Parameters
        ----------
        {data}
        {class_alphas}
        {class_penalty}
        {class_model}
        {run}

        Returns
        -------
        PassesPath
            Fits at all `alphas`, whose `passes` say how often the rows were read.

        Raises
        ------
        {raises}
        """,
}
