"""Where runs are carried out: processes here, Ray, dask or jobs of SLURM."""
